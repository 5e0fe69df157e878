# Two keys. The event's: an HMAC key that decides the draw, as `meteor keygen --kms` makes it. And one for data at rest.

locals {
  root = "arn:aws:iam::${var.account_id}:root"

  # Whoever administers the account can describe, tag, enable and replicate the key, but neither use nor lose it.
  event_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action = [
          "kms:Describe*", "kms:Get*", "kms:List*", "kms:Enable*", "kms:TagResource", "kms:UntagResource",
          "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:UpdateKeyDescription", "kms:PutKeyPolicy", "kms:ReplicateKey",
          "kms:CancelKeyDeletion",
        ]
        Resource = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action    = "kms:GenerateMac"
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:MacAlgorithm" = "HMAC_SHA_256" }
          ArnEquals    = { "aws:PrincipalArn" = var.mac_roles }
        }
      },
      {
        # An administrator's own policy allows nothing here either.
        Sid       = "NobodyElseUses"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["kms:GenerateMac", "kms:VerifyMac", "kms:CreateGrant"]
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = var.mac_roles } }
      },
      {
        Sid       = "NobodyLoses"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:UpdatePrimaryRegion"]
        Resource  = "*"
      },
      {
        # Or the denials above could be taken away by one person.
        Sid       = "PolicyByTwoPeople"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "kms:PutKeyPolicy"
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = var.break_glass_role } }
      },
    ]
  }

  data_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "ServicesOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "cloudtrail.amazonaws.com", "sns.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = ["logs.${var.region}.amazonaws.com", "logs.us-east-1.amazonaws.com"] }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:*:${var.account_id}:*" } }
      },
    ]
  }
}

resource "aws_kms_key" "event" {
  description              = "${var.name}: the event's master key (docs/keys.md)"
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  multi_region             = true
  deletion_window_in_days  = 30
  # It can't be replaced: the contract holds commitments made with it.
  enable_key_rotation = false
  policy              = jsonencode(local.event_policy)
  # KMS otherwise refuses a policy that its own author can't change alone.
  bypass_policy_lockout_safety_check = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "event" {
  name          = "alias/${var.name}-event"
  target_key_id = aws_kms_key.event.key_id
}

resource "aws_kms_replica_key" "event" {
  description             = "${var.name}: the event's master key, for when ${var.region} is down"
  region                  = var.replica_region
  primary_key_arn         = aws_kms_key.event.arn
  deletion_window_in_days = 30
  policy                  = jsonencode(local.event_policy)

  bypass_policy_lockout_safety_check = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "data" {
  description             = "${var.name}: secrets, logs and alarms at rest"
  multi_region            = true
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = jsonencode(local.data_policy)
}

resource "aws_kms_alias" "data" {
  name          = "alias/${var.name}-data"
  target_key_id = aws_kms_key.data.key_id
}

# CloudFront's logs, firewall and alarms are in us-east-1.
resource "aws_kms_replica_key" "data" {
  count = var.region == "us-east-1" ? 0 : 1

  description             = "${var.name}: secrets, logs and alarms at rest"
  region                  = "us-east-1"
  primary_key_arn         = aws_kms_key.data.arn
  deletion_window_in_days = 30
  policy                  = jsonencode(local.data_policy)
}
