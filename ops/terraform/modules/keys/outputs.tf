output "event_key_arn" {
  description = "For --kms-key-id (docs/keys.md)."
  value       = aws_kms_key.event.arn
}

output "event_key_replica_arn" {
  description = "The same key in the other region."
  value       = aws_kms_replica_key.event.arn
}

output "event_policy" {
  description = "Who may do what with the event's key."
  value       = local.event_policy
}

output "data_key_arn" {
  description = "Encrypts data at rest."
  value       = aws_kms_key.data.arn
}

output "data_key_arn_us_east_1" {
  description = "The same key, where CloudFront needs it."
  value       = var.region == "us-east-1" ? aws_kms_key.data.arn : aws_kms_replica_key.data[0].arn
}

output "event_key" {
  description = "How the event's key is made."
  value       = aws_kms_key.event
}
