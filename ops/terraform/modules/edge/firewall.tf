# The firewall in front of CloudFront. People who refresh while a shower closes must get through: limits are generous,
# and who meets one is told so with 429.

resource "aws_wafv2_web_acl" "this" {
  region      = "us-east-1"
  name        = var.name
  description = "Rates per address; known attacks"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  custom_response_body {
    key          = "slow-down"
    content_type = "APPLICATION_JSON"
    content = jsonencode({
      type   = "about:blank"
      title  = "Too many requests"
      status = 429
      detail = "Your network has sent very many requests. Wait a minute; the page updates by itself, without refreshing."
    })
  }

  dynamic "rule" {
    for_each = {
      transactions = { priority = 0, limit = var.transactions_per_address, path = "/v1/txs" }
      requests     = { priority = 1, limit = var.requests_per_address, path = "/" }
    }

    content {
      name     = rule.key
      priority = rule.value.priority

      action {
        block {
          custom_response {
            response_code            = 429
            custom_response_body_key = "slow-down"

            response_header {
              name  = "retry-after"
              value = "60"
            }
          }
        }
      }

      statement {
        rate_based_statement {
          aggregate_key_type    = "IP"
          evaluation_window_sec = 300
          limit                 = rule.value.limit

          scope_down_statement {
            byte_match_statement {
              positional_constraint = "STARTS_WITH"
              search_string         = rule.value.path

              field_to_match {
                uri_path {}
              }
              text_transformation {
                priority = 0
                type     = "NORMALIZE_PATH"
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  # Blocks what no visitor of this page ever sends.
  rule {
    name     = "known-bad-inputs"
    priority = 10

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-known-bad-inputs"
      sampled_requests_enabled   = true
    }
  }

  # Only counts: whole carriers and VPNs are on such lists, and in 2021 a firewall banned people like that.
  rule {
    name     = "reputation"
    priority = 11

    override_action {
      count {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesAmazonIpReputationList"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-reputation"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

# AWS asks for this beginning of the name.
resource "aws_cloudwatch_log_group" "firewall" {
  region            = "us-east-1"
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = 400
  kms_key_id        = var.kms_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  region                  = "us-east-1"
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]
}
