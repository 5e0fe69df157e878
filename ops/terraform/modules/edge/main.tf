# CloudFront in front of everything: page, API and images from the load balancer, and what is shown when there is no back
# end: images from S3, and a page that says so.

locals {
  origins = { app = "app", images = "images", site = "site" }

  # Of AWS, the same in every account.
  managed = {
    no_cache         = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" # CachingDisabled
    optimized        = "658327ea-f89d-4fab-a63d-7e88639e58f6" # CachingOptimized
    all_but_the_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac" # AllViewerExceptHostHeader
  }

  # What the distribution serves beside the page. The first pattern that fits counts.
  behaviours = [
    # Live updates: never kept, never packed, or they would wait for one another.
    { path = "/v1/events", target = "app", cache = local.managed.no_cache, request = local.managed.all_but_the_host, compress = false, write = false, halts = true, headers = null },
    # Transactions on their way to the chain.
    { path = "/v1/txs*", target = "app", cache = local.managed.no_cache, request = local.managed.all_but_the_host, compress = true, write = true, halts = true, headers = null },
    # What one would cost. CloudFront answers a POST elsewhere with 403.
    { path = "/v1/simulate", target = "app", cache = local.managed.no_cache, request = local.managed.all_but_the_host, compress = true, write = true, halts = true, headers = null },
    # The rest of the API, as long as the indexer says: mostly a second.
    { path = "/v1/*", target = "app", cache = aws_cloudfront_cache_policy.api.id, request = null, compress = true, write = false, halts = true, headers = null },
    # Named by their content: kept for ever. The indexer checks each and makes thumbnails; S3 stands in without it.
    { path = "/img/*", target = "app-or-images", cache = aws_cloudfront_cache_policy.images.id, request = null, compress = false, write = false, halts = false, headers = aws_cloudfront_response_headers_policy.images.id },
    { path = "/unavailable.html", target = "site", cache = local.managed.optimized, request = null, compress = true, write = false, halts = false, headers = null },
  ]

  reads  = ["GET", "HEAD", "OPTIONS"]
  writes = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]

  halt_code = replace(replace(file("${path.module}/halt.js"),
    "HALTED_PAGE", jsonencode(file(coalesce(var.halted_page, "${path.module}/pages/halted.html")))),
  "STORE_ID", jsonencode(aws_cloudfront_key_value_store.switches.id))
}

# Halting --------------------------------------------------------------------------------------------------------------

# One key, `halted`, which a person sets (../../halt-site). Functions see it everywhere within seconds.
resource "aws_cloudfront_key_value_store" "switches" {
  name    = "${var.name}-switches"
  comment = "halted = yes: the site says that the showers are halted"
}

resource "aws_cloudfront_function" "halt" {
  name                         = "${var.name}-halt"
  comment                      = "Answers by itself while the site is halted"
  runtime                      = "cloudfront-js-2.0"
  publish                      = true
  key_value_store_associations = [aws_cloudfront_key_value_store.switches.arn]
  code                         = local.halt_code

  lifecycle {
    precondition {
      # CloudFront takes 10 KB, and the page is inside.
      condition     = length(file(coalesce(var.halted_page, "${path.module}/pages/halted.html"))) < 7000
      error_message = "The halted page must be smaller than 7,000 bytes: it is part of a CloudFront function of at most 10 KB."
    }
  }
}

# Caching and headers --------------------------------------------------------------------------------------------------

resource "aws_cloudfront_cache_policy" "api" {
  name    = "${var.name}-api"
  comment = "As the indexer says, by path and query"

  # Not kept where the indexer says nothing of it.
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

# By path and width.
resource "aws_cloudfront_cache_policy" "images" {
  name    = "${var.name}-images"
  comment = "For ever; S3 says nothing of it, so a day"

  min_ttl     = 0
  default_ttl = 86400
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "whitelist"
      query_strings {
        items = ["w"]
      }
    }
  }
}

# The page has a policy of its own (content-security-policy and more). Here is what holds for the whole name.
resource "aws_cloudfront_response_headers_policy" "site" {
  name = "${var.name}-site"

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      preload                    = false
      override                   = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = false
    }
    referrer_policy {
      referrer_policy = "no-referrer"
      override        = false
    }
  }
}

# Marketplaces load the images too. A drawing can't run anything.
resource "aws_cloudfront_response_headers_policy" "images" {
  name = "${var.name}-images"

  cors_config {
    access_control_allow_credentials = false
    origin_override                  = true

    access_control_allow_headers {
      items = ["*"]
    }
    access_control_allow_methods {
      items = ["GET", "HEAD"]
    }
    access_control_allow_origins {
      items = ["*"]
    }
  }

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
    content_type_options {
      override = true
    }
    content_security_policy {
      content_security_policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
      override                = true
    }
  }
}

# Origins --------------------------------------------------------------------------------------------------------------

resource "aws_cloudfront_vpc_origin" "app" {
  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.balancer.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

resource "aws_cloudfront_origin_access_control" "s3" {
  name                              = var.name
  description                       = "Only this distribution reads the buckets"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# What people see while no replica answers. It needs nothing else.
resource "aws_s3_object" "unavailable" {
  bucket        = var.buckets.site
  key           = "unavailable.html"
  content       = file("${path.module}/pages/unavailable.html")
  content_type  = "text/html; charset=utf-8"
  cache_control = "public, max-age=0, s-maxage=60"

  depends_on = [var.bucket_domains]
}

resource "aws_cloudfront_distribution" "this" {
  comment         = var.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  aliases         = [var.domain]
  web_acl_id      = aws_wafv2_web_acl.this.arn

  origin {
    origin_id   = local.origins.app
    domain_name = local.origin_name

    # Two tries of 3 s, and the page of S3 is there within 10.
    connection_attempts = 2
    connection_timeout  = 3

    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.app.id
      # Less than the load balancer's idle time (60 s).
      origin_keepalive_timeout = 30
      # More than twice what live updates wait for a sign of life (15 s).
      origin_read_timeout = 45
    }
  }

  dynamic "origin" {
    for_each = var.bucket_domains
    content {
      origin_id                = local.origins[origin.key]
      domain_name              = origin.value
      origin_access_control_id = aws_cloudfront_origin_access_control.s3.id
    }
  }

  # S3 has no page, so it refuses, and custom_error_response below takes over.
  origin_group {
    origin_id = "app-or-unavailable"

    failover_criteria {
      status_codes = [500, 502, 503, 504]
    }
    member {
      origin_id = local.origins.app
    }
    member {
      origin_id = local.origins.site
    }
  }

  # Whole pictures instead of thumbnails, but pictures.
  origin_group {
    origin_id = "app-or-images"

    failover_criteria {
      status_codes = [500, 502, 503, 504]
    }
    member {
      origin_id = local.origins.app
    }
    member {
      origin_id = local.origins.images
    }
  }

  # Neither page nor API ever answer 403, and the firewall answers 429: it can only be S3's.
  custom_error_response {
    error_code            = 403
    response_code         = 503
    response_page_path    = "/unavailable.html"
    error_caching_min_ttl = 2
  }

  # A moment's error must not be kept for 10 s, as it is by default.
  dynamic "custom_error_response" {
    for_each = [404, 500, 502, 503, 504]
    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 1
    }
  }

  default_cache_behavior {
    target_origin_id           = "app-or-unavailable"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = local.reads
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.api.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.halt.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.behaviours
    content {
      path_pattern               = ordered_cache_behavior.value.path
      target_origin_id           = ordered_cache_behavior.value.target
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ordered_cache_behavior.value.write ? local.writes : local.reads
      cached_methods             = ["GET", "HEAD"]
      compress                   = ordered_cache_behavior.value.compress
      cache_policy_id            = ordered_cache_behavior.value.cache
      origin_request_policy_id   = ordered_cache_behavior.value.request
      response_headers_policy_id = coalesce(ordered_cache_behavior.value.headers, aws_cloudfront_response_headers_policy.site.id)

      dynamic "function_association" {
        for_each = ordered_cache_behavior.value.halts ? [aws_cloudfront_function.halt.arn] : []
        content {
          event_type   = "viewer-request"
          function_arn = function_association.value
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.edge.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

# Logs of requests, for a year. The newer kind: the older needs a bucket with lists of access.
resource "aws_cloudwatch_log_delivery_source" "requests" {
  region       = "us-east-1"
  name         = "${var.name}-requests"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "requests" {
  region        = "us-east-1"
  name          = "${var.name}-requests"
  output_format = "parquet"

  delivery_destination_configuration {
    destination_resource_arn = var.log_bucket_arn
  }
}

resource "aws_cloudwatch_log_delivery" "requests" {
  region                   = "us-east-1"
  delivery_source_name     = aws_cloudwatch_log_delivery_source.requests.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.requests.arn
}
