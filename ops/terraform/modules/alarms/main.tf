# Alarms of AWS's own numbers, each of which wakes somebody. What the indexer knows better is in ops/prometheus.
# All alarms of this configuration are here: ../../test fails if one is anywhere else.

locals {
  # Where the metric is: CloudFront, its firewall, its certificate and Route 53 report in us-east-1.
  topics = { here = aws_sns_topic.here.arn, us_east_1 = aws_sns_topic.us_east_1.arn }

  target = { LoadBalancer = var.balancer.suffix, TargetGroup = var.balancer.target_suffix }
  tasks = {
    for key, service in var.services : key => { ClusterName = var.cluster, ServiceName = service }
  }

  # `missing` says what no number means.
  alarms = merge({
    TasksBelowLeast = {
      about     = "Fewer replicas run than the posture asks for. ECS should replace them by itself: see its events."
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", dimensions = local.tasks.indexer
      statistic = "Minimum", operator = "LessThanThreshold", threshold = var.least_tasks, minutes = 5, missing = "breaching"
    }
    WorkerGone = {
      about     = "The reveal worker doesn't run: cracked meteors wait, and their holders can take them back."
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", dimensions = local.tasks.worker
      statistic = "Minimum", operator = "LessThanThreshold", threshold = 1, minutes = 10, missing = "breaching"
    }
    UnhealthyReplicas = {
      about     = "A replica doesn't serve."
      namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.target
      statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 0, minutes = 5, missing = "notBreaching"
    }
    NoHealthyReplica = {
      about     = "No replica serves: visitors see the page of S3."
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.target
      statistic = "Minimum", operator = "LessThanThreshold", threshold = 1, minutes = 1, missing = "breaching"
    }
    IndexerErrors = {
      about     = "The indexer answers with 5xx."
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.target
      statistic = "Sum", operator = "GreaterThanThreshold", threshold = 50, minutes = 3, missing = "notBreaching"
    }
    BalancerErrors = {
      about     = "The load balancer answers with 5xx of its own: no replica, or connections that break."
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = { LoadBalancer = var.balancer.suffix }
      statistic = "Sum", operator = "GreaterThanThreshold", threshold = 20, minutes = 3, missing = "notBreaching"
    }
    SlowReplicas = {
      about     = "One request in a hundred takes longer than half a second; 3 ms is usual."
      namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.target
      statistic = "p99", operator = "GreaterThanThreshold", threshold = 0.5, minutes = 5, missing = "notBreaching"
    }
    BusyReplicas = {
      about     = "Autoscaling aims at 40 % of CPU and is at its most."
      namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.tasks.indexer
      statistic = "Average", operator = "GreaterThanThreshold", threshold = 80, minutes = 5, missing = "breaching"
    }
    MemoryShort = {
      about     = "Replicas run out of memory."
      namespace = "AWS/ECS", metric = "MemoryUtilization", dimensions = local.tasks.indexer
      statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 85, minutes = 5, missing = "breaching"
    }
    OriginCertificateExpires = {
      about     = "The load balancer's certificate wasn't renewed: see its validation record."
      namespace = "AWS/CertificateManager", metric = "DaysToExpiry", dimensions = { CertificateArn = var.certificates.origin }
      statistic = "Minimum", operator = "LessThanThreshold", threshold = 21, minutes = 1440, missing = "notBreaching"
    }
    SnapshotCopyFails = {
      about      = "Snapshots don't reach the other region."
      namespace  = "AWS/S3", metric = "OperationsFailedReplication"
      dimensions = { SourceBucket = var.replication.source, DestinationBucket = var.replication.destination, RuleId = "all" }
      statistic  = "Sum", operator = "GreaterThanThreshold", threshold = 0, minutes = 15, missing = "notBreaching"
    }
    SiteDown = {
      region    = "us_east_1"
      about     = "The site doesn't answer from outside."
      namespace = "AWS/Route53", metric = "HealthCheckStatus", dimensions = { HealthCheckId = var.health_check_id }
      statistic = "Minimum", operator = "LessThanThreshold", threshold = 1, minutes = 1, missing = "breaching"
    }
    EdgeErrors = {
      region    = "us_east_1"
      about     = "CloudFront answers more than one request in a hundred with 5xx."
      namespace = "AWS/CloudFront", metric = "5xxErrorRate", dimensions = { DistributionId = var.distribution_id, Region = "Global" }
      statistic = "Average", operator = "GreaterThanThreshold", threshold = 1, minutes = 5, missing = "notBreaching"
    }
    ManyBlocked = {
      region    = "us_east_1"
      about     = "The firewall blocks very many requests: an attack, or real people behind one address. Look whom it blocks."
      namespace = "AWS/WAFV2", metric = "BlockedRequests", dimensions = { WebACL = var.firewall, Rule = "ALL" }
      statistic = "Sum", operator = "GreaterThanThreshold", threshold = 5000, minutes = 5, missing = "notBreaching"
    }
    EdgeCertificateExpires = {
      region    = "us_east_1"
      about     = "The site's certificate wasn't renewed: see its validation record."
      namespace = "AWS/CertificateManager", metric = "DaysToExpiry", dimensions = { CertificateArn = var.certificates.edge }
      statistic = "Minimum", operator = "LessThanThreshold", threshold = 21, minutes = 1440, missing = "notBreaching"
    }
    }, {
    for metric in var.audit.metrics : metric => {
      about     = "CloudTrail: see the log group of the trail, and modules/audit for what ${metric} means."
      namespace = var.audit.namespace, metric = metric, dimensions = {}
      statistic = "Sum", operator = "GreaterThanThreshold", threshold = 0, minutes = 1, missing = "notBreaching"
    }
  })
}

resource "aws_sns_topic" "here" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn.here
}

resource "aws_sns_topic" "us_east_1" {
  region            = "us-east-1"
  name              = "${var.name}-alarms-edge"
  kms_master_key_id = var.kms_key_arn.us_east_1
}

resource "aws_sns_topic_policy" "here" {
  arn    = aws_sns_topic.here.arn
  policy = jsonencode(local.topic_policy)
}

resource "aws_sns_topic_policy" "us_east_1" {
  region = "us-east-1"
  arn    = aws_sns_topic.us_east_1.arn
  policy = jsonencode(local.topic_policy)
}

locals {
  topic_policy = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Resource  = "arn:aws:sns:*:${var.account_id}:${var.name}-alarms*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  }
  pagers = { for pager in var.pagers : "${pager.protocol} ${pager.endpoint}" => pager }
}

resource "aws_sns_topic_subscription" "here" {
  for_each = local.pagers

  topic_arn = aws_sns_topic.here.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}

resource "aws_sns_topic_subscription" "us_east_1" {
  for_each = local.pagers

  region    = "us-east-1"
  topic_arn = aws_sns_topic.us_east_1.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  region              = lookup(each.value, "region", null) == "us_east_1" ? "us-east-1" : null
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  # A minute at a time, but for what comes once a day.
  period              = each.value.minutes == 1440 ? 86400 : 60
  evaluation_periods  = each.value.minutes == 1440 ? 1 : each.value.minutes
  datapoints_to_alarm = each.value.minutes == 1440 ? 1 : max(1, floor(each.value.minutes * 0.6))
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null

  actions_enabled = true
  alarm_actions   = [local.topics[lookup(each.value, "region", "here")]]
  ok_actions      = [local.topics[lookup(each.value, "region", "here")]]
}
