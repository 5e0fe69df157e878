variable "name" {
  description = "What names begin with."
  type        = string
}

variable "region" {
  description = "The region, to which a zone's letter is added."
  type        = string
}

variable "zones" {
  description = "Letters of the zones."
  type        = list(string)
}

variable "cidr" {
  description = "The network, a /16."
  type        = string
  default     = "10.20.0.0/16"
}

variable "kms_key_arn" {
  description = "Encrypts the logs."
  type        = string
}
