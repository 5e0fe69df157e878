variable "name" {
  description = "What names begin with."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "domain" {
  description = "The site's name."
  type        = string
}

variable "zone_id" {
  description = "The hosted zone."
  type        = string
}

variable "balancer" {
  description = "The private load balancer."
  type        = object({ arn = string, dns_name = string })
}

variable "buckets" {
  description = "Names of the buckets: of the images, and of pages that need no back end."
  type        = object({ images = string, site = string })
}

variable "bucket_domains" {
  description = "The addresses of the same."
  type        = object({ images = string, site = string })
}

variable "log_bucket_arn" {
  description = "Where requests are logged."
  type        = string
}

variable "kms_key_arn" {
  description = "Encrypts the firewall's log, in us-east-1."
  type        = string
}

variable "requests_per_address" {
  description = "Requests of one address in 5 minutes."
  type        = number
}

variable "transactions_per_address" {
  description = "Transactions of one address in 5 minutes."
  type        = number
}

variable "halted_page" {
  description = "File with the page that is shown while the site is halted; null for the one here."
  type        = string
  default     = null
}

variable "price_class" {
  description = "Where CloudFront serves from."
  type        = string
  default     = "PriceClass_All"
}
