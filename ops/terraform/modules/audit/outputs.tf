output "namespace" {
  description = "The namespace of the metrics."
  value       = local.namespace
}

output "watched" {
  description = "Their names."
  value       = toset(keys(local.watched))
}
