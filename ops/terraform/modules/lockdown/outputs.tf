output "roles" {
  description = "The ways through the lock-down."
  value       = aws_iam_role.this
}

output "policies" {
  description = "What approve and halt may do."
  value       = local.policies
}

output "locked_roles" {
  description = "The roles that it lies on now."
  value       = [for attachment in aws_iam_role_policy_attachment.lock : attachment.role]
}
