# What nobody changes during the event, as one policy document. modules/lockdown lays it on the roles of this account,
# ../../organization on the whole account, from outside of it.
# In 2021 the destination wallet was one value that anyone with a key to the account could have changed.

locals {
  break_glass = "arn:aws:iam::*:role/${var.name}-break-glass"
  approve     = "arn:aws:iam::*:role/${var.name}-approve"
  halt        = "arn:aws:iam::*:role/${var.name}-halt"

  # What visitors reach, how it is made, who may do what, and what would tell of it. Not here: what tasks do while they
  # run (snapshots, the worker's key), reading, and halting.
  changes = [
    "route53:Change*", "route53:Create*", "route53:Delete*", "route53:Update*", "route53:Associate*", "route53:Disassociate*",
    "route53domains:*",
    "cloudfront:Create*", "cloudfront:Update*", "cloudfront:Delete*", "cloudfront:Publish*", "cloudfront:Associate*",
    "acm:Delete*", "acm:Import*", "acm:Request*",
    "wafv2:Create*", "wafv2:Update*", "wafv2:Delete*", "wafv2:Put*", "wafv2:Associate*", "wafv2:Disassociate*",
    "elasticloadbalancing:Add*", "elasticloadbalancing:Create*", "elasticloadbalancing:Delete*", "elasticloadbalancing:Modify*",
    "elasticloadbalancing:Re*", "elasticloadbalancing:Set*", "elasticloadbalancing:Deregister*",
    "ecs:Create*", "ecs:Update*", "ecs:Delete*", "ecs:Register*", "ecs:Deregister*", "ecs:Run*", "ecs:Start*", "ecs:Stop*",
    "ecs:Execute*", "ecs:Put*",
    "application-autoscaling:Put*", "application-autoscaling:Register*", "application-autoscaling:Delete*", "application-autoscaling:Deregister*",
    "ecr:Put*", "ecr:BatchDelete*", "ecr:Delete*", "ecr:Set*", "ecr:*LayerUpload", "ecr:UploadLayerPart",
    "lambda:*",
    "ec2:Authorize*", "ec2:Revoke*", "ec2:Modify*", "ec2:Create*", "ec2:Delete*", "ec2:Replace*", "ec2:Associate*", "ec2:Disa*",
    "ec2:Attach*", "ec2:Detach*", "ec2:Run*", "ec2:Terminate*",
    "iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*", "iam:Remove*", "iam:Set*",
    "iam:Update*", "iam:Upload*", "iam:TagUser", "iam:UntagUser",
    "kms:ScheduleKeyDeletion", "kms:Disable*", "kms:Put*", "kms:Delete*", "kms:Update*", "kms:CreateGrant",
    "elasticfilesystem:Create*", "elasticfilesystem:Delete*", "elasticfilesystem:Modify*", "elasticfilesystem:Put*",
    "elasticfilesystem:Update*", "backup:Delete*", "backup:Put*", "backup:Stop*", "backup:Update*", "servicediscovery:Create*", "servicediscovery:Delete*",
    "servicediscovery:Deregister*", "servicediscovery:Register*", "servicediscovery:Update*",
    "secretsmanager:Put*", "secretsmanager:Update*", "secretsmanager:Delete*", "secretsmanager:Rotate*",
    "s3:PutBucket*", "s3:DeleteBucket*", "s3:PutLifecycle*", "s3:PutReplication*", "s3:PutEncryption*", "s3:PutAccount*",
    "s3:DeleteObjectVersion",
    "cloudtrail:Delete*", "cloudtrail:Stop*", "cloudtrail:Update*", "cloudtrail:Put*",
    "cloudwatch:Delete*", "cloudwatch:Disable*", "cloudwatch:Put*Alarm", "sns:Delete*", "sns:Unsubscribe", "sns:Set*",
    "logs:Delete*", "logs:PutRetentionPolicy", "logs:PutMetricFilter", "logs:PutResourcePolicy", "organizations:LeaveOrganization", "account:*",
  ]

  document = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "NobodyChanges"
        Effect    = "Deny"
        Action    = local.changes
        Resource  = "*"
        Condition = { ArnNotLike = { "aws:PrincipalArn" = local.break_glass } }
      },
      {
        Sid       = "NobodyReplacesPagesOrImages"
        Effect    = "Deny"
        Action    = ["s3:PutObject", "s3:DeleteObject"]
        Resource  = [for bucket in var.buckets : "arn:aws:s3:::${bucket}/*"]
        Condition = { ArnNotLike = { "aws:PrincipalArn" = local.break_glass } }
      },
      {
        # The tag that opens break-glass.
        Sid       = "OnlyTheSecondPersonOpens"
        Effect    = "Deny"
        Action    = ["iam:TagRole", "iam:UntagRole"]
        Resource  = "*"
        Condition = { ArnNotLike = { "aws:PrincipalArn" = [local.approve, local.break_glass] } }
      },
      {
        Sid       = "HaltingAlwaysWorks"
        Effect    = "Deny"
        Action    = ["cloudfront-keyvaluestore:PutKey", "cloudfront-keyvaluestore:DeleteKey", "cloudfront-keyvaluestore:UpdateKeys"]
        Resource  = "*"
        Condition = { ArnNotLike = { "aws:PrincipalArn" = [local.halt, local.break_glass] } }
      },
    ]
  }
}
