output "locked" {
  description = "Whether the account is locked from outside."
  value       = length(aws_organizations_policy_attachment.lock) == 1
}
