# What the worker must not lose when its task ends: the journal of its account (docs/transactions.md) and the audit log.
# Only the worker's role writes, only operators read; both are denied to everybody else, administrators too.

locals {
  # The worker's user in the image.
  user = 65532

  journal_policy = {
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "WorkerWrites"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.task.arn }
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        Resource  = aws_efs_file_system.journal.arn
        Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = aws_efs_access_point.journal.arn } }
      },
      {
        Sid       = "NobodyElseWrites"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "elasticfilesystem:ClientWrite"
        Resource  = aws_efs_file_system.journal.arn
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = aws_iam_role.task.arn } }
      },
      {
        Sid       = "NobodyElseReads"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "elasticfilesystem:ClientMount"
        Resource  = aws_efs_file_system.journal.arn
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = concat([aws_iam_role.task.arn], var.readers) } }
      },
      {
        Sid       = "NobodyIsRoot"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "elasticfilesystem:ClientRootAccess"
        Resource  = aws_efs_file_system.journal.arn
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "elasticfilesystem:Client*"
        Resource  = aws_efs_file_system.journal.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      ], length(var.readers) == 0 ? [] : [{
        Sid       = "OperatorsRead"
        Effect    = "Allow"
        Principal = { AWS = var.readers }
        Action    = "elasticfilesystem:ClientMount"
        Resource  = aws_efs_file_system.journal.arn
        Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = aws_efs_access_point.journal.arn } }
    }])
  }
}

resource "aws_efs_file_system" "journal" {
  creation_token  = "${var.name}-worker"
  encrypted       = true
  kms_key_id      = var.kms_key_arn
  throughput_mode = "elastic"

  tags = { Name = "${var.name}-worker" }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_backup_policy" "journal" {
  file_system_id = aws_efs_file_system.journal.id

  # Daily, kept for 35 days in a vault from which nobody can delete.
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_file_system_policy" "journal" {
  file_system_id = aws_efs_file_system.journal.id
  policy         = jsonencode(local.journal_policy)
}

# Whoever mounts it is the worker's user, in the worker's folder.
resource "aws_efs_access_point" "journal" {
  file_system_id = aws_efs_file_system.journal.id

  posix_user {
    uid = local.user
    gid = local.user
  }

  root_directory {
    path = "/worker"

    creation_info {
      owner_uid   = local.user
      owner_gid   = local.user
      permissions = "0700"
    }
  }
}

resource "aws_efs_mount_target" "journal" {
  count = length(var.subnets)

  file_system_id  = aws_efs_file_system.journal.id
  subnet_id       = var.subnets[count.index]
  security_groups = [aws_security_group.journal.id]
}

resource "aws_security_group" "journal" {
  name        = "${var.name}-worker-journal"
  description = "Journal: NFS from the worker and from whoever reads it"
  vpc_id      = var.vpc_id
}

# A machine on which an operator reads the journal is put into this group.
resource "aws_security_group" "reader" {
  name        = "${var.name}-worker-journal-reader"
  description = "May reach the worker's journal"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "journal" {
  for_each = { worker = aws_security_group.this.id, reader = aws_security_group.reader.id }

  security_group_id            = aws_security_group.journal.id
  description                  = "NFS from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_vpc_security_group_egress_rule" "reader" {
  security_group_id            = aws_security_group.reader.id
  description                  = "Journal"
  referenced_security_group_id = aws_security_group.journal.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}
