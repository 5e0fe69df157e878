output "distribution_id" {
  description = "The distribution."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution" {
  description = "How it is set."
  value       = aws_cloudfront_distribution.this
}

output "access_control" {
  description = "How it proves to S3 who asks."
  value       = aws_cloudfront_origin_access_control.s3
}

output "firewall" {
  description = "The firewall."
  value       = aws_wafv2_web_acl.this
}

output "firewall_name" {
  description = "The firewall's name in metrics."
  value       = aws_wafv2_web_acl.this.name
}

output "halt_function" {
  description = "What answers while the site is halted."
  value       = aws_cloudfront_function.halt
}

output "halt_store_arn" {
  description = "Where `halted` is set."
  value       = aws_cloudfront_key_value_store.switches.arn
}

output "origin_certificate_arn" {
  description = "Certificate of the load balancer, once it is valid."
  value       = aws_acm_certificate_validation.origin.certificate_arn
}

output "edge_certificate_arn" {
  description = "Certificate of the site."
  value       = aws_acm_certificate.edge.arn
}

output "health_check_id" {
  description = "The look from outside."
  value       = aws_route53_health_check.site.id
}

output "read_statement" {
  description = "For each bucket's policy: only this distribution reads."
  value = {
    for key, bucket in var.buckets : key => {
      Sid       = "OnlyThisDistribution"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${bucket}/*"
      Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.this.arn } }
    }
  }
}

output "records" {
  description = "The site's names."
  value       = aws_route53_record.site
}

output "certificates" {
  description = "The site's certificate, and the load balancer's."
  value       = { edge = aws_acm_certificate.edge, origin = aws_acm_certificate.origin }
}

output "logs" {
  description = "Where requests and what the firewall did are written."
  value       = { requests = aws_cloudwatch_log_delivery.requests, firewall = aws_wafv2_web_acl_logging_configuration.this, group = aws_cloudwatch_log_group.firewall }
}
