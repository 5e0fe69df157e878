variable "name" {
  description = "What names begin with."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnets" {
  description = "Private subnets, one in each zone."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Certificate of the site's name, in this region."
  type        = string
}

variable "log_bucket" {
  description = "Where requests are logged."
  type        = string
}
