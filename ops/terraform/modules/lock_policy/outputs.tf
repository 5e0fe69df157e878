output "document" {
  description = "The policy."
  value       = local.document

  precondition {
    # AWS's bound for a policy of an organization; that of a role's own policy is higher.
    condition     = length(jsonencode(local.document)) <= 5120
    error_message = "The lock-down has more than 5,120 characters; AWS refuses it."
  }
}
