# What must hold on the night, asked of the plan. The provider is mocked, with AWS's real schema (../stub).

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:eu-central-1:111122223333:certificate/mock"
      domain_validation_options = [{
        domain_name           = "shower.example.com"
        resource_record_name  = "_1.shower.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_2.acm-validations.aws"
      }]
    }
  }

  # What conditions below compare must be known in the plan, and differ from its like.
  mock_resource "aws_cloudfront_distribution" {
    defaults = { id = "EMOCK", arn = "arn:aws:cloudfront::111122223333:distribution/EMOCK" }
  }
  mock_resource "aws_cloudfront_cache_policy" {
    defaults = { id = "cache" }
  }
  mock_resource "aws_cloudfront_origin_access_control" {
    defaults = { id = "OAC" }
  }
  mock_resource "aws_cloudfront_key_value_store" {
    defaults = { id = "0000-store", arn = "arn:aws:cloudfront::111122223333:key-value-store/0000-store" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/mock" }
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mock" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:mock" }
  }
  mock_resource "aws_efs_file_system" {
    defaults = { id = "fs-mock", arn = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-mock" }
  }
  mock_resource "aws_efs_access_point" {
    defaults = { id = "fsap-mock", arn = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-mock" }
  }
}

override_resource {
  target          = module.network.aws_security_group.monitoring
  override_during = plan
  values          = { id = "sg-monitoring" }
}

override_resource {
  target          = module.balancer.aws_security_group.this
  override_during = plan
  values          = { id = "sg-balancer" }
}

override_resource {
  target          = module.worker.aws_security_group.this
  override_during = plan
  values          = { id = "sg-worker" }
}

override_resource {
  target          = module.worker.aws_security_group.reader
  override_during = plan
  values          = { id = "sg-reader" }
}

override_resource {
  target          = module.worker.aws_iam_role.task
  override_during = plan
  values          = { arn = "arn:aws:iam::111122223333:role/meteor-prod-worker" }
}

override_resource {
  target          = module.keys.aws_kms_key.event
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:111122223333:key/mrk-event", key_id = "mrk-event" }
}

override_resource {
  target          = module.keys.aws_kms_key.data
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:111122223333:key/mrk-data", key_id = "mrk-data" }
}

variables {
  name               = "meteor"
  environment        = "prod"
  account_id         = "111122223333"
  region             = "eu-central-1"
  replica_region     = "eu-west-1"
  domain             = "shower.example.com"
  zone_id            = "Z0123456789EXAMPLE"
  posture            = "launch"
  locked             = true
  image              = "registry.example.com/meteor-indexer@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  worker_image       = "registry.example.com/meteor@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  init_image         = "registry.example.com/busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  pagers             = [{ protocol = "https", endpoint = "https://pager.example.com" }, { protocol = "email", endpoint = "oncall@example.com" }]
  operators          = ["arn:aws:iam::111122223333:role/operator"]
  restricted_roles   = ["engineer", "deploy"]
  sign_in_role       = "arn:aws:iam::111122223333:role/person"
  halt_role_people   = ["ada", "grace"]
  break_glass_people = ["ada", "grace", "mary"]
  event = {
    contract     = "terra1xr3rq8yvd7qplsw5yx90ftsr2zdhg4e9z60h5duusgxpv72hud3ss3je3c"
    chain_id     = "columbus-5"
    start_height = 15000000
    gas_price    = "28.325uluna"
    support      = "mailto:help@example.com"
  }
}

run "launch" {
  command = plan

  # Service -----------------------------------------------------------------------------------------------------------

  assert {
    condition     = module.indexer.scaling.min_capacity >= 5 && module.indexer.service.desired_count >= 5
    error_message = "In launch posture there are fewer than 5 tasks."
  }
  assert {
    condition     = module.indexer.scaling.max_capacity >= 2 * module.indexer.scaling.min_capacity
    error_message = "Autoscaling has no room."
  }
  assert {
    condition = toset([
      for it in module.indexer.scaling_policies :
      it.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type
      if it.policy_type == "TargetTrackingScaling" && it.service_namespace == "ecs" && it.scalable_dimension == "ecs:service:DesiredCount"
      && it.target_tracking_scaling_policy_configuration[0].scale_out_cooldown <= 60
    ]) == toset(["ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"])
    error_message = "Autoscaling doesn't act on CPU and requests, or acts too late."
  }
  assert {
    condition     = module.indexer.service.deployment_minimum_healthy_percent == 100 && module.indexer.service.deployment_maximum_percent == 200
    error_message = "A deployment takes replicas away before it adds any."
  }
  assert {
    condition     = module.indexer.service.deployment_circuit_breaker[0].enable && module.indexer.service.deployment_circuit_breaker[0].rollback
    error_message = "The deployment circuit breaker is off."
  }
  assert {
    condition     = length(module.indexer.service.alarms) == 0
    error_message = "An alarm can block a deployment: one that fires already would stop the deployment of the repair."
  }
  assert {
    condition     = coalesce(module.indexer.service.health_check_grace_period_seconds, 0) >= 60
    error_message = "New tasks have no time to start before the load balancer's health check kills them."
  }
  assert {
    condition     = !module.indexer.service.enable_execute_command && !module.indexer.service.network_configuration[0].assign_public_ip
    error_message = "A task has a shell or a public address."
  }
  assert {
    condition     = module.indexer.container.readonlyRootFilesystem && module.indexer.container.user == "65532:65532"
    error_message = "The indexer runs as root, or can write to its image."
  }
  assert {
    condition     = module.indexer.container.stopTimeout >= 2 * tonumber(one([for it in module.indexer.container.environment : it.value if it.name == "METEOR_DRAIN_SECONDS"]))
    error_message = "ECS kills the indexer while it still finishes what is under way."
  }

  # Load balancer -----------------------------------------------------------------------------------------------------

  assert {
    condition     = module.balancer.settings.internal
    error_message = "The load balancer is public: the firewall and the halt would be passed by."
  }
  assert {
    condition     = module.balancer.settings.idle_timeout < 75 && module.balancer.settings.idle_timeout > 30
    error_message = "Idle times are in the wrong order (CloudFront 30 s < load balancer < indexer 75 s): visitors get 502."
  }
  assert {
    condition = alltrue([
      for origin in module.edge.distribution.origin : origin.vpc_origin_config[0].origin_keepalive_timeout < module.balancer.settings.idle_timeout
      if length(origin.vpc_origin_config) > 0
    ])
    error_message = "CloudFront keeps connections for longer than the load balancer."
  }
  assert {
    condition     = tonumber(module.balancer.group.deregistration_delay) <= 30
    error_message = "A replica that goes is waited for too long: a deployment takes minutes."
  }
  assert {
    condition     = module.balancer.group.health_check[0].path != "/readyz"
    error_message = "While the nodes are away no replica is ready, and ECS would kill them all."
  }
  assert {
    condition     = module.balancer.settings.xff_header_processing_mode == "preserve"
    error_message = "The indexer would take CloudFront's addresses for those of visitors, and limit them."
  }

  # Admin ports -------------------------------------------------------------------------------------------------------

  assert {
    condition = alltrue([
      for rule in module.indexer.ingress : rule.to_port < 9090 || rule.from_port > 9090 || rule.cidr_ipv4 == null && rule.referenced_security_group_id == module.network.monitoring_group
    ])
    error_message = "The admin port can be reached from elsewhere than monitoring."
  }
  assert {
    condition     = alltrue([for rule in module.indexer.ingress : rule.cidr_ipv4 != "0.0.0.0/0" && rule.cidr_ipv6 == null])
    error_message = "A port of the indexer is open to everyone."
  }
  assert {
    condition     = module.balancer.group.port == 8080 && one(module.indexer.service.load_balancer).container_port == 8080
    error_message = "The load balancer passes requests to another port than the public one."
  }

  # CloudFront and buckets --------------------------------------------------------------------------------------------

  assert {
    condition     = module.edge.access_control.signing_behavior == "always" && module.edge.access_control.origin_access_control_origin_type == "s3"
    error_message = "CloudFront doesn't sign what it asks of S3."
  }
  assert {
    condition     = length([for origin in module.edge.distribution.origin : origin if length(origin.vpc_origin_config) == 0]) == 2
    error_message = "There are not two buckets behind CloudFront."
  }
  assert {
    condition     = alltrue([for origin in module.edge.distribution.origin : length(origin.vpc_origin_config) > 0 || origin.origin_access_control_id != null])
    error_message = "A bucket is read without origin access control."
  }
  assert {
    condition = alltrue(flatten([
      for bucket in [module.logs, module.snapshots, module.snapshots_replica, module.images, module.site] : [
        bucket.public_access.block_public_acls, bucket.public_access.block_public_policy,
        bucket.public_access.ignore_public_acls, bucket.public_access.restrict_public_buckets,
      ]
    ]))
    error_message = "A bucket can be made public."
  }
  assert {
    condition = alltrue([
      for bucket in [module.logs, module.snapshots, module.snapshots_replica, module.images, module.site] : bucket.versioning == "Enabled"
    ])
    error_message = "A bucket forgets what is overwritten."
  }
  assert {
    condition     = module.snapshots.copies_to == module.snapshots_replica.arn
    error_message = "Snapshots are in one region only."
  }
  assert {
    condition = alltrue([
      for bucket in [module.logs, module.snapshots, module.snapshots_replica, module.images, module.site] :
      length([for it in bucket.policy.Statement : it if it.Effect == "Deny" && try(it.Condition.Bool["aws:SecureTransport"], "") == "false"]) == 1
    ])
    error_message = "A bucket answers without TLS."
  }
  assert {
    condition = alltrue([
      for bucket in [module.images, module.site] :
      alltrue([for it in bucket.policy.Statement : it.Effect == "Deny" || try(it.Condition.StringEquals["aws:SourceArn"], "") == module.edge.distribution.arn])
    ])
    error_message = "Somebody else than our distribution reads images or pages."
  }
  assert {
    condition = alltrue(concat(
      [module.edge.distribution.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"],
      [for it in module.edge.distribution.ordered_cache_behavior : it.viewer_protocol_policy == "redirect-to-https"],
    ))
    error_message = "Something is served without TLS."
  }
  assert {
    condition     = tolist(module.edge.distribution.aliases) == tolist([var.domain]) && one(module.edge.distribution.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021"
    error_message = "The distribution has another name than the site, or takes old TLS."
  }
  assert {
    condition = toset(keys(module.edge.records)) == toset(["A", "AAAA"]) && alltrue([
      for record in module.edge.records : record.name == var.domain && record.alias[0].name == module.edge.distribution.domain_name
    ])
    error_message = "The site's name doesn't lead to the distribution."
  }
  assert {
    condition     = module.edge.certificates.edge.domain_name == var.domain && module.edge.certificates.edge.region == "us-east-1" && alltrue([for it in module.edge.certificates : it.validation_method == "DNS"])
    error_message = "A certificate is for another name, in another region than CloudFront's, or not renewed by itself."
  }
  assert {
    # tests/openapi.json is schema/openapi.json, which ../test puts here. The first pattern that fits counts.
    condition = alltrue([
      for path, verbs in jsondecode(file("tests/openapi.json")).paths : [
        for it in module.edge.distribution.ordered_cache_behavior :
        contains(it.allowed_methods, "POST") && it.target_origin_id == "app" && it.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        if can(regex("^${replace(it.path_pattern, "*", ".*")}$", path))
      ][0] if can(verbs.post)
    ])
    error_message = "CloudFront refuses a POST of the API, or answers it from its cache."
  }
  assert {
    condition = (
      module.balancer.settings.access_logs[0].enabled && length(module.edge.logs.firewall.log_destination_configs) == 1
      && module.edge.logs.group.retention_in_days >= 365 && module.edge.logs.requests.delivery_source_name == "meteor-prod-requests"
    )
    error_message = "Requests aren't logged: at CloudFront, by the firewall, or by the load balancer."
  }

  # Halting, and no back end -------------------------------------------------------------------------------------------

  assert {
    condition = alltrue(concat(
      [length(module.edge.distribution.default_cache_behavior[0].function_association) == 1],
      [for it in module.edge.distribution.ordered_cache_behavior : length(it.function_association) == 1 if startswith(it.path_pattern, "/v1/")],
    ))
    error_message = "Part of the site goes on while it is halted."
  }
  assert {
    condition     = length(module.edge.halt_function.code) <= 10240 && strcontains(module.edge.halt_function.code, "The showers are halted")
    error_message = "The halt function is larger than CloudFront takes, or doesn't have the page inside."
  }
  assert {
    condition = anytrue([
      for group in module.edge.distribution.origin_group :
      group.origin_id == module.edge.distribution.default_cache_behavior[0].target_origin_id
      && length(setsubtract([500, 502, 503, 504], one(group.failover_criteria).status_codes)) == 0
    ])
    error_message = "Without a back end the page has no other origin."
  }
  assert {
    condition     = anytrue([for it in module.edge.distribution.custom_error_response : it.error_code == 403 && it.response_page_path == "/unavailable.html" && it.response_code == 503])
    error_message = "Without a back end visitors get S3's own error."
  }

  assert {
    condition = anytrue([
      for group in module.edge.distribution.origin_group :
      [for member in group.member : member.origin_id] == ["app", "images"]
      && anytrue([for it in module.edge.distribution.ordered_cache_behavior : it.path_pattern == "/img/*" && it.target_origin_id == group.origin_id])
    ])
    error_message = "Images don't come from the indexer, or from nowhere without it."
  }

  # Firewall ----------------------------------------------------------------------------------------------------------

  assert {
    condition = length([
      for rule in module.edge.firewall.rule : rule
      if length(rule.statement[0].rate_based_statement) == 1 && length(flatten([for it in rule.action : it.block])) == 1
    ]) == 2
    error_message = "A rate rule is missing, or blocks nothing."
  }
  assert {
    condition = alltrue([
      for rule in module.edge.firewall.rule : rule.action[0].block[0].custom_response[0].response_code == 429
      if length(rule.statement[0].rate_based_statement) == 1
    ])
    error_message = "Who is too fast isn't told so: 403 would look like an outage."
  }
  assert {
    condition = alltrue([
      for rule in module.edge.firewall.rule : rule.statement[0].rate_based_statement[0].limit >= 3000
      if rule.name == "requests"
    ])
    error_message = "The rate rule bans people who refresh."
  }
  assert {
    condition     = module.edge.distribution.web_acl_id == module.edge.firewall.arn && module.edge.firewall.scope == "CLOUDFRONT"
    error_message = "The firewall stands in front of nothing."
  }

  # Keys --------------------------------------------------------------------------------------------------------------

  assert {
    condition     = !strcontains(jsonencode([for it in module.indexer.task_policy.Statement : it if it.Effect == "Allow"]), "kms:")
    error_message = "The public server's role may do something with KMS."
  }
  assert {
    condition     = anytrue([for it in module.indexer.task_policy.Statement : it.Effect == "Deny" && contains(flatten([it.Action]), "kms:*") && it.Resource == "*"])
    error_message = "The public server's role isn't denied KMS."
  }
  assert {
    condition     = !strcontains(jsonencode(module.indexer.container), module.keys.event_key_arn)
    error_message = "The public server knows of the event's key."
  }
  assert {
    condition     = [for it in module.indexer.container.secrets : it.name] == ["METEOR_NODE"]
    error_message = "The public server is given another secret than its nodes' addresses."
  }
  assert {
    condition     = alltrue([for it in aws_secretsmanager_secret.this : it.kms_key_id == module.keys.data_key_arn && it.recovery_window_in_days >= 7])
    error_message = "A secret isn't encrypted with our key, or is gone as soon as somebody deletes it."
  }
  assert {
    condition = jsonencode({
      for key, it in aws_secretsmanager_secret_policy.this : key => jsondecode(it.policy).Statement[0].Condition.ArnNotEquals["aws:PrincipalArn"]
      if jsondecode(it.policy).Statement[0].Effect == "Deny" && contains(jsondecode(it.policy).Statement[0].Action, "secretsmanager:GetSecretValue")
      }) == jsonencode({
      nodes  = ["arn:aws:iam::111122223333:role/meteor-prod-indexer-start", "arn:aws:iam::111122223333:role/meteor-prod-worker-start"]
      signer = ["arn:aws:iam::111122223333:role/meteor-prod-worker-start"]
    })
    error_message = "Somebody beside who starts a task can read its secrets."
  }
  assert {
    condition = alltrue([
      for it in module.worker.task_policy.Statement : contains(
        [
          { actions = ["kms:GenerateMac"], resource = module.keys.event_key_arn },
          { actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], resource = module.worker.journal.system.arn },
        ],
        { actions = flatten([it.Action]), resource = it.Resource },
      )
    ])
    error_message = "The worker may do more than use the event's key and write its journal."
  }
  assert {
    condition = jsonencode([
      for it in module.keys.event_policy.Statement : sort(it.Condition.ArnNotEquals["aws:PrincipalArn"])
      if it.Effect == "Deny" && contains(flatten([it.Action]), "kms:GenerateMac") && it.Principal == { AWS = "*" }
    ]) == jsonencode([["arn:aws:iam::111122223333:role/meteor-prod-worker", "arn:aws:iam::111122223333:role/operator"]])
    error_message = "Somebody beside worker and operators may use the event's key."
  }
  assert {
    condition = anytrue([
      for it in module.keys.event_policy.Statement : it.Effect == "Deny" && it.Principal == { AWS = "*" }
      && contains(flatten([it.Action]), "kms:ScheduleKeyDeletion") && contains(flatten([it.Action]), "kms:DisableKey") && !can(it.Condition)
    ])
    error_message = "Somebody can delete or disable the event's key."
  }
  assert {
    condition     = module.keys.event_key.customer_master_key_spec == "HMAC_256" && module.keys.event_key.key_usage == "GENERATE_VERIFY_MAC" && module.keys.event_key.multi_region
    error_message = "The key is not as `meteor keygen --kms` makes it."
  }

  # The event's files, and what the worker leaves behind ----------------------------------------------------------------

  assert {
    # What ops/image/event puts into both images.
    condition = alltrue([
      for path in concat(
        [for it in module.indexer.container.environment : it.value if startswith(it.value, "/event")],
        [for word in module.worker.containers.worker.command : word if startswith(word, "/event")],
      ) : contains(["/event/deployment.json", "/event/tables.json", "/event/catalogue.csv"], path)
    ])
    error_message = "A task looks for a file of the event that its image doesn't have."
  }
  assert {
    condition = (
      toset([for it in module.indexer.container.environment : it.name if startswith(it.value, "/event")]) == toset(["METEOR_CATALOGUE", "METEOR_TABLES"])
      && length([for it in concat([{ sourceVolume = "", containerPath = "" }], module.worker.containers.worker.mountPoints) : it if startswith(it.containerPath, "/event")]) == 0
    )
    error_message = "The indexer doesn't serve the event's files, or a volume hides those of the worker's image."
  }
  assert {
    condition = alltrue([
      for path in [
        one([for it in module.worker.containers.worker.environment : it.value if it.name == "METEOR_JOURNAL"]),
        module.worker.containers.worker.command[index(module.worker.containers.worker.command, "--audit-log") + 1],
      ] :
      anytrue([
        for mount in module.worker.containers.worker.mountPoints : startswith(path, "${mount.containerPath}/") && anytrue([
          for volume in module.worker.task.volume : volume.name == mount.sourceVolume && length(volume.efs_volume_configuration) == 1
        ])
      ])
    ])
    error_message = "The worker's journal or audit log ends with its task."
  }
  assert {
    condition = alltrue(flatten([
      for volume in module.worker.task.volume : [
        for it in volume.efs_volume_configuration :
        it.transit_encryption == "ENABLED" && it.authorization_config[0].iam == "ENABLED" && it.authorization_config[0].access_point_id == module.worker.journal.access_point.id
      ]
    ]))
    error_message = "The worker reaches its journal without TLS, or not as its own role."
  }
  assert {
    condition     = module.worker.journal.system.encrypted && module.worker.journal.backup.backup_policy[0].status == "ENABLED"
    error_message = "The worker's journal isn't encrypted, or nothing backs it up."
  }
  assert {
    condition     = module.worker.journal.access_point.posix_user[0].uid == 65532 && module.worker.journal.access_point.root_directory[0].creation_info[0].permissions == "0700"
    error_message = "The worker's journal is another user's, or open to every user."
  }
  assert {
    condition = jsonencode([
      for it in module.worker.journal.policy.Statement : flatten([it.Condition.ArnNotEquals["aws:PrincipalArn"]])
      if it.Effect == "Deny" && it.Action == "elasticfilesystem:ClientWrite" && it.Principal == { AWS = "*" }
    ]) == jsonencode([["arn:aws:iam::111122223333:role/meteor-prod-worker"]])
    error_message = "Somebody beside the worker may write to its journal."
  }
  assert {
    condition = jsonencode([
      for it in module.worker.journal.policy.Statement : sort(flatten([it.Condition.ArnNotEquals["aws:PrincipalArn"]]))
      if it.Effect == "Deny" && it.Action == "elasticfilesystem:ClientMount" && it.Principal == { AWS = "*" }
    ]) == jsonencode([["arn:aws:iam::111122223333:role/meteor-prod-worker", "arn:aws:iam::111122223333:role/operator"]])
    error_message = "Somebody beside worker and operators may read the worker's journal."
  }
  assert {
    condition     = toset([for rule in module.worker.journal.ingress : rule.referenced_security_group_id]) == toset(["sg-worker", "sg-reader"]) && alltrue([for rule in module.worker.journal.ingress : rule.cidr_ipv4 == null && rule.from_port == 2049 && rule.to_port == 2049])
    error_message = "The worker's journal can be reached from elsewhere."
  }
  assert {
    condition     = length(module.worker.journal.targets) == length(var.zones)
    error_message = "In one of the zones the worker can't reach its journal."
  }
  assert {
    condition     = alltrue([for group in [module.indexer.log_group, module.worker.log_group, module.audit.log_group] : group.retention_in_days >= 365 && group.kms_key_id != null])
    error_message = "Logs are gone before a year has passed, or lie open."
  }

  # Alarms ------------------------------------------------------------------------------------------------------------

  assert {
    condition     = length(module.alarms.alarms) >= 20
    error_message = "Alarms are missing."
  }
  assert {
    condition = alltrue([
      for alarm in module.alarms.alarms : alarm.actions_enabled && length(alarm.alarm_actions) > 0 && length(alarm.ok_actions) > 0
    ])
    error_message = "An alarm tells nobody."
  }
  assert {
    condition     = length(module.alarms.subscriptions) == 2 * length(var.pagers)
    error_message = "Nobody listens in one of the two regions."
  }
  assert {
    condition = alltrue([
      for alarm in module.alarms.alarms : (alarm.region == "us-east-1") == contains(["AWS/CloudFront", "AWS/Route53", "AWS/WAFV2"], alarm.namespace)
      if alarm.namespace != "AWS/CertificateManager"
    ])
    error_message = "An alarm looks for its metric in the wrong region."
  }
  assert {
    condition     = one([for alarm in module.alarms.alarms : alarm.threshold if endswith(alarm.alarm_name, "TasksBelowLeast")]) == module.indexer.scaling.min_capacity
    error_message = "The alarm on replicas has another number than the posture."
  }

  # Lock-down ---------------------------------------------------------------------------------------------------------

  assert {
    condition     = toset(module.lockdown.locked_roles) == toset(var.restricted_roles)
    error_message = "The lock-down is on and lies on nobody."
  }
  assert {
    condition = alltrue([
      for action in [
        "route53:Change*", "cloudfront:Update*", "ecs:Update*", "ecs:Register*", "ecr:Put*", "iam:Put*", "iam:Attach*", "iam:Detach*", "iam:PassRole",
        "secretsmanager:Put*", "kms:ScheduleKeyDeletion", "wafv2:Update*", "s3:PutBucket*", "cloudtrail:Stop*", "route53domains:*", "lambda:*",
        "elasticfilesystem:Put*", "elasticfilesystem:Delete*", "backup:Delete*", "logs:PutRetentionPolicy", "kms:CreateGrant",
      ] : contains(module.lock_policy.document.Statement[0].Action, action)
    ]) && alltrue([for it in module.lock_policy.document.Statement : it.Effect == "Deny"])
    error_message = "The lock-down lets something through that changes what visitors see."
  }
  assert {
    condition = alltrue([
      for it in module.lock_policy.document.Statement : can(it.Condition.ArnNotLike["aws:PrincipalArn"])
      && contains(flatten([it.Condition.ArnNotLike["aws:PrincipalArn"]]), "arn:aws:iam::*:role/meteor-prod-break-glass")
    ])
    error_message = "There is no way through the lock-down, or another than break-glass."
  }
  assert {
    # What tasks do while they run, and halting.
    condition = alltrue([
      for action in ["kms:GenerateMac", "s3:PutObject", "s3:GetObject", "cloudfront-keyvaluestore:PutKey", "sts:AssumeRole", "logs:PutLogEvents"] :
      !contains(module.lock_policy.document.Statement[0].Action, action)
      ]) && alltrue([
      for pattern in module.lock_policy.document.Statement[0].Action : alltrue([
        for action in ["kms:GenerateMac", "s3:PutObject", "s3:DeleteObject", "cloudfront-keyvaluestore:PutKey", "sts:AssumeRole", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"] :
        !can(regex("^${replace(pattern, "*", ".*")}$", action))
      ])
    ])
    error_message = "The lock-down stops the event itself, or the halt."
  }
  assert {
    condition     = length(jsonencode(module.lock_policy.document)) <= 5120
    error_message = "The lock-down is longer than a service control policy may be."
  }
  assert {
    condition = (
      try(jsondecode(module.lockdown.roles["break-glass"].assume_role_policy).Statement[0].Condition.StringEquals["aws:ResourceTag/approved-for"], "") == "$${aws:PrincipalTag/person}"
      && module.lockdown.policies.approve.Statement[0].Condition.StringNotEquals["aws:RequestTag/approved-for"] == "$${aws:PrincipalTag/person}"
      && module.lockdown.roles["break-glass"].max_session_duration <= 3600
    )
    error_message = "One person alone can open break-glass."
  }
}

# Outside an event it costs less, and the lock-down is off.
run "normal" {
  command = plan

  variables {
    posture = "normal"
    locked  = false
  }

  assert {
    condition     = module.indexer.scaling.min_capacity == 2 && length(module.lockdown.locked_roles) == 0
    error_message = "The normal posture is not the normal posture."
  }
}

# Prometheus in other private networks: it reaches the admin ports, and nothing else does.
run "monitored_from_elsewhere" {
  command = plan

  variables {
    monitor_cidrs = ["10.20.0.0/16", "192.168.7.0/24"]
  }

  assert {
    condition = alltrue([
      for rules in [module.indexer.ingress, module.worker.ingress] :
      toset([for rule in rules : rule.cidr_ipv4 if rule.cidr_ipv4 != null]) == toset(var.monitor_cidrs)
      && alltrue([for rule in rules : rule.cidr_ipv6 == null && rule.from_port == rule.to_port])
    ])
    error_message = "A port can be reached from networks that monitor_cidrs does not name."
  }
}

# What is refused before anything is planned.
run "refused" {
  command = plan

  variables {
    launch_tasks         = 4
    image                = "registry.example.com/meteor-indexer:latest"
    requests_per_address = 100
    pagers               = []
    monitor_cidrs        = ["203.0.113.0/24"]
    break_glass_people   = ["ada", "ada", "ada"]
    zones                = ["a"]
  }

  expect_failures = [
    var.launch_tasks, var.image, var.requests_per_address, var.pagers, var.monitor_cidrs, var.break_glass_people, var.zones,
  ]
}
