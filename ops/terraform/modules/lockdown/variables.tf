variable "name" {
  description = "What names begin with."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "locked" {
  description = "Whether the lock-down is on."
  type        = bool
}

variable "lock_document" {
  description = "What nobody changes (modules/lock_policy)."
  type        = any
}

variable "restricted_roles" {
  description = "Names of the roles that it lies on."
  type        = list(string)

  validation {
    condition     = !anytrue([for role in var.restricted_roles : can(regex("-(break-glass|approve|halt)$", role))])
    error_message = "The lock-down must not lie on break-glass, approve or halt: they are the ways through it."
  }
}

variable "sign_in_role" {
  description = "ARN of the role that people sign in as."
  type        = string
}

variable "break_glass_people" {
  description = "Those who may open break-glass for one another."
  type        = list(string)
}

variable "halt_people" {
  description = "Those who may halt the site."
  type        = list(string)
}

variable "halt_store_arn" {
  description = "Where `halted` is set."
  type        = string
}
