# The reveal worker (`meteor hatch`): one task, the only role in the account that uses the event's key by itself.

locals {
  admin_port = 9091

  logs = {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = aws_cloudwatch_log_group.this.name
      "awslogs-region"        = var.region
      "awslogs-stream-prefix" = "worker"
    }
  }

  private = { sourceVolume = "private", containerPath = "/private", readOnly = false }

  # ECS hands out secrets as variables, which a process's children and debuggers see. The worker reads files.
  init = {
    name                   = "init"
    image                  = var.init_image
    essential              = false
    user                   = "0:0"
    readonlyRootFilesystem = true
    mountPoints            = [local.private]
    secrets                = [{ name = "SIGNER", valueFrom = var.secrets.signer }]
    command = ["sh", "-c", join(" && ", [
      "umask 077", "printf '%s\\n' \"$SIGNER\" > /private/words", "chown -R 65532:65532 /private",
    ])]
    logConfiguration = local.logs
  }

  container = {
    name                   = "worker"
    image                  = var.image
    essential              = true
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    mountPoints            = [local.private, { sourceVolume = "state", containerPath = "/state", readOnly = false }]
    dependsOn              = [{ containerName = "init", condition = "SUCCESS" }]
    # It ends its round first, and a transaction under way.
    stopTimeout  = 120
    portMappings = [{ containerPort = local.admin_port, protocol = "tcp" }]
    environment = [
      { name = "AWS_REGION", value = var.region },
      { name = "METEOR_JOURNAL", value = "/state/journal" },
      { name = "METEOR_KMS_KEY_ID", value = var.event_key_arn },
    ]
    secrets         = [{ name = "METEOR_NODE", valueFrom = var.secrets.nodes }]
    linuxParameters = { capabilities = { drop = ["ALL"] } }
    command = [
      "hatch", "--event", "/event/deployment.json", "--tables", "/event/tables.json",
      "--signer-file", "/private/words", "--admin", "0.0.0.0:${local.admin_port}", "--json", "--audit-log", "/state/audit.log",
    ]
    logConfiguration = local.logs
  }

  task_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "kms:GenerateMac"
        Resource  = var.event_key_arn
        Condition = { StringEquals = { "kms:MacAlgorithm" = "HMAC_SHA_256" } }
      },
      {
        Effect    = "Allow"
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        Resource  = aws_efs_file_system.journal.arn
        Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = aws_efs_access_point.journal.arn } }
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
  name              = "/${var.name}/worker"
  retention_in_days = 400
  kms_key_id        = var.kms_key_arn
}

# The event's key names it (modules/keys), so the name is fixed.
resource "aws_iam_role" "task" {
  name               = "${var.name}-worker"
  assume_role_policy = local.assume
}

resource "aws_iam_role_policy" "task" {
  name   = "key"
  role   = aws_iam_role.task.id
  policy = jsonencode(local.task_policy)
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-worker-start"
  assume_role_policy = local.assume
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
        Resource = "*"
      },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.this.arn}:*" },
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = [var.secrets.nodes, var.secrets.signer] },
      {
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
    ]
  })
}

resource "aws_security_group" "this" {
  name        = "${var.name}-worker"
  description = "Worker: admin port from monitoring"
  vpc_id      = var.vpc_id
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

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.this.id
  description       = "Nodes, beacon, KMS, journal"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 0
  to_port           = 65535
}

resource "aws_service_discovery_service" "this" {
  name = "worker"

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
  family                   = "${var.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([local.init, local.container])

  # The task's own disk, which ends with it.
  volume {
    name = "private"
  }

  # What stays: journal.tf.
  volume {
    name = "state"

    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.journal.id
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = aws_efs_access_point.journal.id
        iam             = "ENABLED"
      }
    }
  }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
}

resource "aws_ecs_service" "this" {
  name                   = "worker"
  cluster                = var.cluster_arn
  task_definition        = aws_ecs_task_definition.this.arn
  launch_type            = "FARGATE"
  desired_count          = 1
  enable_execute_command = false
  propagate_tags         = "SERVICE"

  # The old one stops before the new one starts: an account signs for one command at a time.
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  # With at most one task there is nothing to rebalance.
  availability_zone_rebalancing = "DISABLED"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnets
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  service_registries {
    registry_arn = aws_service_discovery_service.this.arn
  }

  depends_on = [aws_efs_mount_target.journal, aws_efs_file_system_policy.journal]
}
