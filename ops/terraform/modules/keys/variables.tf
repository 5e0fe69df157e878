variable "name" {
  description = "What names begin with."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "region" {
  description = "Where the keys are."
  type        = string
}

variable "replica_region" {
  description = "Where the event's key has a replica."
  type        = string
}

variable "mac_roles" {
  description = "ARNs of the roles that use the event's key: the worker's, and those of operators."
  type        = list(string)
}

variable "break_glass_role" {
  description = "ARN of the role that two people open together."
  type        = string
}
