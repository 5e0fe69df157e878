variable "name" {
  description = "The bucket's name."
  type        = string
}

variable "region" {
  description = "Another region than the provider's."
  type        = string
  default     = null
}

variable "keep_old" {
  description = "Days for which what was overwritten or deleted can be had back."
  type        = number
  default     = 30

  validation {
    condition     = var.keep_old >= 7
    error_message = "Mistakes of an event are found within a week: keep old versions for at least 7 days."
  }
}

variable "expire_after" {
  description = "Days after which objects are deleted; null for never."
  type        = number
  default     = null
}

variable "log_bucket" {
  description = "Where requests are logged; null for the bucket of logs itself and for copies."
  type        = string
  default     = null
}

variable "statements" {
  description = "What the bucket's policy allows, beside TLS only."
  type        = any
  default     = []
}

variable "replica" {
  description = "The bucket in another region that everything is copied to."
  type        = object({ bucket_arn = string })
  default     = null
}
