variable "name" {
  description = "What names begin with."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "pagers" {
  description = "Where alarms go."
  type        = list(object({ protocol = string, endpoint = string }))
}

variable "kms_key_arn" {
  description = "Encrypts alarms on their way, here and in us-east-1."
  type        = object({ here = string, us_east_1 = string })
}

variable "least_tasks" {
  description = "Replicas that must run."
  type        = number
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "services" {
  description = "Names of the ECS services."
  type        = object({ indexer = string, worker = string })
}

variable "balancer" {
  description = "Names in metrics of load balancer and target group."
  type        = object({ suffix = string, target_suffix = string })
}

variable "distribution_id" {
  description = "The CloudFront distribution."
  type        = string
}

variable "certificates" {
  description = "ARNs of the certificates."
  type        = object({ origin = string, edge = string })
}

variable "health_check_id" {
  description = "The look from outside."
  type        = string
}

variable "firewall" {
  description = "The firewall's name."
  type        = string
}

variable "replication" {
  description = "Names of the buckets of the snapshots and their copy."
  type        = object({ source = string, destination = string })
}

variable "audit" {
  description = "Metrics of the trail, each of which must be 0."
  type        = object({ namespace = string, metrics = set(string) })
}
