variable "name" {
  description = "What names begin with."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "log_bucket" {
  description = "Where the trail is kept."
  type        = string
}

variable "kms_key_arn" {
  description = "Encrypts the trail."
  type        = string
}
