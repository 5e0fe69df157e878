variable "name" {
  description = "Name and environment of the installation, for example meteor-prod."
  type        = string
}

variable "region" {
  description = "A region; organizations are everywhere."
  type        = string
}

variable "management_account_id" {
  description = "The organization's management account; any other is refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.management_account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "account_id" {
  description = "The account that is locked."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id)) && var.account_id != var.management_account_id
    error_message = "An account id has 12 digits. The management account itself can't be locked in this way: run the event in another."
  }
}

variable "locked" {
  description = "Whether the lock-down is on."
  type        = bool
}
