output "namespace" {
  description = "The namespace of the metrics."
  value       = local.namespace
}

output "watched" {
  description = "Their names."
  value       = toset(keys(local.watched))
}

output "log_group" {
  description = "What the trail says."
  value       = aws_cloudwatch_log_group.trail
}
