# The public server: stateless replicas that start from the snapshots and hold no key.

locals {
  public_port = 8080
  admin_port  = 9090
  prefix      = "${var.event.chain_id}/${var.event.contract}"

  environment = merge({
    METEOR_LISTEN         = "0.0.0.0:${local.public_port}"
    METEOR_ADMIN_LISTEN   = "0.0.0.0:${local.admin_port}"
    METEOR_CONTRACT       = var.event.contract
    METEOR_CHAIN_ID       = var.event.chain_id
    METEOR_START_HEIGHT   = tostring(var.event.start_height)
    METEOR_GAS_PRICE      = var.event.gas_price
    METEOR_SUPPORT        = var.event.support
    METEOR_STORE          = "s3://${var.snapshots.name}/${local.prefix}"
    METEOR_STORE_REGION   = var.region
    METEOR_ADDRESS_HEADER = "x-forwarded-for"
    METEOR_DRAIN_SECONDS  = tostring(local.drain)
    METEOR_LOG            = "json"
    }, !var.event.files ? {} : {
    METEOR_TABLES    = "/event/tables.json"
    METEOR_CATALOGUE = "/event/catalogue.csv"
    # It serves those that catalogue and tables name.
    METEOR_IMAGES        = "s3://${var.images.name}"
    METEOR_IMAGES_REGION = var.region
  }, length(var.event.image_gateways) == 0 ? {} : { METEOR_IMAGE_GATEWAYS = join(",", var.event.image_gateways) })

  # ECS takes a task out of the balancer, then sends SIGTERM, then waits for stop_timeout before it kills.
  drain        = 5
  stop_timeout = 30

  container = {
    name                   = "indexer"
    image                  = var.image
    essential              = true
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    stopTimeout            = local.stop_timeout
    portMappings           = [for port in [local.public_port, local.admin_port] : { containerPort = port, protocol = "tcp" }]
    environment            = [for name in sort(keys(local.environment)) : { name = name, value = local.environment[name] }]
    secrets                = [{ name = "METEOR_NODE", valueFrom = var.nodes_secret_arn }]
    # 20,000 connections, and what the admin port, the store and the nodes need. Fargate takes no other limit.
    ulimits         = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    linuxParameters = { capabilities = { drop = ["ALL"] } }
    # Alive, not ready: a process that hangs is replaced, one whose nodes are away is not.
    healthCheck = {
      command     = ["CMD", "/meteor-indexer", "healthcheck"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "indexer"
        # A log service that is slow must not stop the server.
        "mode"            = "non-blocking"
        "max-buffer-size" = "8m"
      }
    }
  }

  # What the process itself may do: read and write snapshots below its own prefix, read images. No key ever.
  task_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Snapshots"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = "${var.snapshots.arn}/${local.prefix}/*"
      },
      {
        Sid       = "FindSnapshots"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = var.snapshots.arn
        Condition = { StringLike = { "s3:prefix" = ["${local.prefix}/*", local.prefix] } }
      },
      # Without the right to list, a picture that isn't there would be a refusal.
      { Sid = "Images", Effect = "Allow", Action = "s3:GetObject", Resource = "${var.images.arn}/img/*" },
      { Sid = "FindImages", Effect = "Allow", Action = "s3:ListBucket", Resource = var.images.arn },
      {
        Sid      = "NoKeysNoSecrets"
        Effect   = "Deny"
        Action   = ["kms:*", "secretsmanager:*", "ssm:*", "iam:*", "sts:AssumeRole"]
        Resource = "*"
      },
    ]
  }

  # What ECS may do to start it.
  execution_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
        Resource = "*"
      },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.this.arn}:*" },
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.nodes_secret_arn },
      {
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
    ]
  }

  assume = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/indexer"
  retention_in_days = 400
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-indexer"
  assume_role_policy = local.assume
}

resource "aws_iam_role_policy" "task" {
  name   = "snapshots"
  role   = aws_iam_role.task.id
  policy = jsonencode(local.task_policy)
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-indexer-start"
  assume_role_policy = local.assume
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = jsonencode(local.execution_policy)
}

resource "aws_security_group" "this" {
  name        = "${var.name}-indexer"
  description = "Indexer: public port from the load balancer, admin port from monitoring"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "public" {
  security_group_id            = aws_security_group.this.id
  description                  = "Load balancer"
  referenced_security_group_id = var.balancer.group
  ip_protocol                  = "tcp"
  from_port                    = local.public_port
  to_port                      = local.public_port
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = var.balancer.group
  description                  = "Indexer"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.public_port
  to_port                      = local.public_port
}

resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id            = aws_security_group.this.id
  description                  = "Prometheus"
  referenced_security_group_id = var.monitoring_group
  ip_protocol                  = "tcp"
  from_port                    = local.admin_port
  to_port                      = local.admin_port
}

resource "aws_vpc_security_group_ingress_rule" "admin_private" {
  for_each = toset(var.monitor_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "Prometheus in another private network"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = local.admin_port
  to_port           = local.admin_port
}

# Nodes may be anywhere, and listen on any port.
resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.this.id
  description       = "Nodes, snapshots, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 0
  to_port           = 65535
}

resource "aws_service_discovery_service" "this" {
  name = "indexer"

  dns_config {
    namespace_id   = var.namespace_id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = "${var.name}-indexer"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([local.container])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
}

resource "aws_ecs_service" "this" {
  name                   = "indexer"
  cluster                = var.cluster.arn
  task_definition        = aws_ecs_task_definition.this.arn
  launch_type            = "FARGATE"
  desired_count          = var.tasks.least
  enable_execute_command = false
  propagate_tags         = "SERVICE"

  availability_zone_rebalancing = "ENABLED"

  # Rolling: new replicas serve before old ones go, so that a deployment never has fewer than before.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  # A replica serves from the snapshot within seconds. What it needs beyond is Fargate's.
  health_check_grace_period_seconds = 120

  # It rolls back what doesn't start. Alarms have no say in it: one that fires already would stop the deployment of
  # the repair.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnets
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = var.balancer.arn
    container_name   = local.container.name
    container_port   = local.public_port
  }

  service_registries {
    registry_arn = aws_service_discovery_service.this.arn
  }

  lifecycle {
    # Autoscaling sets it, and never below its own least.
    ignore_changes = [desired_count]

    precondition {
      condition     = var.balancer.listener != ""
      error_message = "The load balancer has no listener."
    }
  }
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster.name}/${aws_ecs_service.this.name}"
  min_capacity       = var.tasks.least
  max_capacity       = var.tasks.most
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "${var.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    # Low, because a shower's last minute brings more within seconds than a new task takes to start.
    target_value       = 40
    scale_out_cooldown = 30
    scale_in_cooldown  = 900

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "requests" {
  name               = "${var.name}-requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    # Requests of one task in a minute.
    target_value       = 60000
    scale_out_cooldown = 30
    scale_in_cooldown  = 900

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${var.balancer.balancer}/${var.balancer.suffix}"
    }
  }
}
