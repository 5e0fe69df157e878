output "name" {
  description = "The bucket's name."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "The bucket's ARN, made from its name so that policies are known before it exists."
  value       = local.arn

  # Copies go only where old versions are kept.
  depends_on = [aws_s3_bucket_versioning.this]
}

output "domain" {
  description = "The address at which CloudFront finds it."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

output "public_access" {
  description = "What keeps the public out."
  value       = aws_s3_bucket_public_access_block.this
}

output "versioning" {
  description = "Whether old versions are kept."
  value       = aws_s3_bucket_versioning.this.versioning_configuration[0].status
}

output "policy" {
  description = "Who may do what."
  value       = jsondecode(aws_s3_bucket_policy.this.policy)
}

output "copies_to" {
  description = "The bucket with the copy, or null."
  value       = try(aws_s3_bucket_replication_configuration.this[0].rule[0].destination[0].bucket, null)
}
