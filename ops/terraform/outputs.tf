# What the next step needs: README.md says of each where it goes.

output "site" {
  description = "The site's address."
  value       = "https://${var.domain}"
}

output "event_key_arn" {
  description = "For --kms-key-id: `meteor commitments --kms-key-id ARN` (docs/keys.md)."
  value       = module.keys.event_key_arn
}

output "event_key_replica_arn" {
  description = "The same key in the second region, for when the first is down."
  value       = module.keys.event_key_replica_arn
}

output "secrets" {
  description = "To be filled by hand with `aws secretsmanager put-secret-value`."
  value       = { for key, secret in aws_secretsmanager_secret.this : key => secret.name }
}

output "images_bucket" {
  description = "Where the images go, as img/<cid>."
  value       = module.images.name
}

output "snapshots_bucket" {
  description = "Where the indexer keeps snapshots; old versions are kept for 30 days."
  value       = module.snapshots.name
}

output "halt_store_arn" {
  description = "For ./halt-site: where `halted` is set."
  value       = module.edge.halt_store_arn
}

output "distribution_id" {
  description = "The CloudFront distribution."
  value       = module.edge.distribution_id
}

output "monitoring_group" {
  description = "The security group of Prometheus."
  value       = module.network.monitoring_group
}

output "scrape_names" {
  description = "For Prometheus's dns_sd_configs, type A."
  value = {
    indexer = "indexer.${local.name}.internal:9090"
    worker  = "worker.${local.name}.internal:9091"
  }
}

output "posture" {
  description = "The posture, its bounds, and whether the lock-down is on."
  value       = { posture = var.posture, tasks = local.tasks, locked = var.locked }
}

output "journal" {
  description = "The worker's journal and audit log: file system, access point, and the group of a machine that mounts it."
  value = {
    file_system  = module.worker.journal.system.id
    access_point = module.worker.journal.access_point.id
    reader_group = module.worker.journal.reader_group
  }
}
