# The load balancer, private: CloudFront reaches it through a VPC origin, and nothing else does.

# Where CloudFront's requests come from.
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "this" {
  name        = "${var.name}-balancer"
  description = "Load balancer: from CloudFront, to the indexer's public port"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.this.id
  description       = "CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  internal           = true
  subnets            = var.subnets
  security_groups    = [aws_security_group.this.id]

  # Each side keeps an idle connection for longer than the one before it, or a request meets a connection that is just
  # being closed (502): CloudFront 30 s, here 60, the indexer 75.
  idle_timeout = 60

  # CloudFront has put the visitor's address at the end of x-forwarded-for; the indexer counts the last one. Appending
  # here would make it CloudFront's own.
  xff_header_processing_mode = "preserve"

  drop_invalid_header_fields = true
  enable_deletion_protection = true

  access_logs {
    bucket  = var.log_bucket
    prefix  = "balancer"
    enabled = true
  }
}

resource "aws_lb_target_group" "this" {
  name        = var.name
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id

  # The indexer finishes what is under way within seconds. Live connections end and are made again elsewhere.
  deregistration_delay = 15

  load_balancing_algorithm_type = "least_outstanding_requests"

  # Not /readyz: ECS replaces what fails here. If the nodes were away, all replicas would lag, and it would kill them all
  # while they serve what they have, labelled with its age. /v1/config is good as soon as there is something to serve.
  health_check {
    path                = "/v1/config"
    matcher             = "200"
    interval            = 5
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 4
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
