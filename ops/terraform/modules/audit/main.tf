# Who changed what: a trail of the whole account, and numbers of what must wake somebody.

locals {
  namespace = "${var.name}/audit"
  trail     = "${var.name}-trail"

  # Each is a metric, and modules/alarms has an alarm for each.
  watched = {
    EventKeyDenied = "{ ($.eventSource = \"kms.amazonaws.com\") && ($.eventName = \"GenerateMac\") && ($.errorCode = \"AccessDenied*\") }"
    EventKeyAtRisk = "{ ($.eventSource = \"kms.amazonaws.com\") && (($.eventName = \"ScheduleKeyDeletion\") || ($.eventName = \"DisableKey\") || ($.eventName = \"PutKeyPolicy\")) }"
    BreakGlassUsed = "{ ($.eventSource = \"sts.amazonaws.com\") && ($.eventName = \"AssumeRole\") && ($.requestParameters.roleArn = \"*-break-glass\") }"
    BreakGlassOpen = "{ ($.eventSource = \"iam.amazonaws.com\") && ($.eventName = \"TagRole\") && ($.requestParameters.roleName = \"*-break-glass\") }"
    ChangeDenied   = "{ ($.errorCode = \"AccessDenied*\") && ($.errorMessage = \"*explicit deny*\") }"
    RootUsed       = "{ ($.userIdentity.type = \"Root\") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != \"AwsServiceEvent\") }"
    TrailTouched   = "{ ($.eventSource = \"cloudtrail.amazonaws.com\") && (($.eventName = \"StopLogging\") || ($.eventName = \"DeleteTrail\") || ($.eventName = \"UpdateTrail\")) }"
  }
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "/${var.name}/trail"
  retention_in_days = 400
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "trail" {
  name = local.trail

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "trail" {
  name = "write"
  role = aws_iam_role.trail.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.trail.arn}:*"
    }]
  })
}

resource "aws_sns_topic" "trail" {
  name              = local.trail
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "trail" {
  arn = aws_sns_topic.trail.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Resource  = aws_sns_topic.trail.arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_cloudtrail" "this" {
  name                          = local.trail
  s3_bucket_name                = var.log_bucket
  s3_key_prefix                 = "trail"
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  kms_key_id                    = var.kms_key_arn
  sns_topic_name                = aws_sns_topic.trail.name
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn

  depends_on = [aws_sns_topic_policy.trail]
}

resource "aws_cloudwatch_log_metric_filter" "watched" {
  for_each = local.watched

  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = each.value

  metric_transformation {
    name      = each.key
    namespace = local.namespace
    value     = "1"
  }
}
