variable "name" {
  description = "What names begin with."
  type        = string
}

variable "region" {
  description = "Where the key and the logs are."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "image" {
  description = "The image with `meteor` and its digest. It has the event in /event."
  type        = string
}

variable "init_image" {
  description = "An image with a shell, with its digest."
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

variable "secrets" {
  description = "ARNs of the secrets: the nodes' addresses, and the words of the worker's account."
  type        = object({ nodes = string, signer = string })
}

variable "readers" {
  description = "ARNs of the roles that may read the journal and the audit log."
  type        = list(string)
}

variable "event_key_arn" {
  description = "The event's key."
  type        = string
}

variable "kms_key_arn" {
  description = "Encrypts logs, secrets and the journal."
  type        = string
}

variable "monitoring_group" {
  description = "The security group that may scrape the admin port."
  type        = string
}

variable "monitor_cidrs" {
  description = "Private networks that may scrape the admin port too."
  type        = list(string)
}

variable "namespace_id" {
  description = "The private DNS namespace in which Prometheus finds the worker."
  type        = string
}
