variable "name" {
  description = "What names begin with, for example meteor-prod."
  type        = string
}

variable "buckets" {
  description = "Names of the buckets that visitors are served from."
  type        = list(string)
}
