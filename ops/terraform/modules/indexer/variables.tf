variable "name" {
  description = "What names begin with."
  type        = string
}

variable "region" {
  description = "Where the snapshots and logs are."
  type        = string
}

variable "cluster" {
  description = "The ECS cluster."
  type        = object({ arn = string, name = string })
}

variable "image" {
  description = "The image with its digest."
  type        = string
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one core."
  type        = number
  default     = 1024
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number
  default     = 2048
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnets" {
  description = "Private subnets, one in each zone."
  type        = list(string)
}

variable "balancer" {
  description = "Target group, and the security group of the load balancer."
  type        = object({ arn = string, suffix = string, group = string, listener = string, balancer = string })
}

variable "tasks" {
  description = "Bounds of autoscaling."
  type        = object({ least = number, most = number })

  validation {
    condition     = var.tasks.least >= 2 && var.tasks.most > var.tasks.least
    error_message = "At least two replicas, and room for more."
  }
}

variable "event" {
  description = "What is served."
  type = object({
    contract       = string
    chain_id       = string
    start_height   = number
    gas_price      = string
    support        = string
    image_gateways = list(string)
    files          = bool
  })
}

variable "snapshots" {
  description = "The bucket of the snapshots."
  type        = object({ name = string, arn = string })
}

variable "images" {
  description = "The bucket of the images."
  type        = object({ name = string, arn = string })
}

variable "nodes_secret_arn" {
  description = "The secret with the nodes' addresses."
  type        = string
}

variable "kms_key_arn" {
  description = "Encrypts logs and secrets."
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
  description = "The private DNS namespace in which Prometheus finds the replicas."
  type        = string
}
