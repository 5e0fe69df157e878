# Names and certificates: the site's, and one that only CloudFront uses to reach the load balancer.

locals {
  origin_name = "origin.${var.domain}"
}

resource "aws_acm_certificate" "edge" {
  region            = "us-east-1"
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "origin" {
  domain_name       = local.origin_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# As long as these records stay, ACM renews both by itself.
resource "aws_route53_record" "validation" {
  for_each = {
    edge   = tolist(aws_acm_certificate.edge.domain_validation_options)[0]
    origin = tolist(aws_acm_certificate.origin.domain_validation_options)[0]
  }

  zone_id = var.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "edge" {
  region                  = "us-east-1"
  certificate_arn         = aws_acm_certificate.edge.arn
  validation_record_fqdns = [aws_route53_record.validation["edge"].fqdn]
}

resource "aws_acm_certificate_validation" "origin" {
  certificate_arn         = aws_acm_certificate.origin.arn
  validation_record_fqdns = [aws_route53_record.validation["origin"].fqdn]
}

resource "aws_route53_record" "site" {
  for_each = toset(["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

# It leads to private addresses: nobody outside gets anywhere with it.
resource "aws_route53_record" "origin" {
  zone_id = var.zone_id
  name    = local.origin_name
  type    = "CNAME"
  records = [var.balancer.dns_name]
  ttl     = 60
}

# Nobody else issues certificates for these names.
resource "aws_route53_record" "issuers" {
  zone_id = var.zone_id
  name    = var.domain
  type    = "CAA"
  records = ["0 issue \"amazon.com\"", "0 issuewild \";\""]
  ttl     = 3600
}

# From outside, from several continents. /v1/status is never older than a second.
resource "aws_route53_health_check" "site" {
  type              = "HTTPS"
  fqdn              = var.domain
  port              = 443
  resource_path     = "/v1/status"
  request_interval  = 10
  failure_threshold = 3
  enable_sni        = true
  measure_latency   = true

  tags = { Name = var.name }
}
