# How the parts hang together. The public's way: CloudFront -> private load balancer -> indexer -> snapshots in S3.

locals {
  name = "${var.name}-${var.environment}"
  arns = "arn:aws"

  launch = var.posture == "launch"
  # The bounds of autoscaling. In launch posture there is room before it has to act at all.
  tasks = local.launch ? { least = var.launch_tasks, most = var.launch_tasks * 6 } : { least = 2, most = 6 }

  buckets = {
    logs      = "${local.name}-${var.account_id}-logs"
    snapshots = "${local.name}-${var.account_id}-snapshots"
    replica   = "${local.name}-${var.account_id}-snapshots-replica"
    images    = "${local.name}-${var.account_id}-images"
    site      = "${local.name}-${var.account_id}-site"
  }
}

module "network" {
  source = "./modules/network"

  name        = local.name
  region      = var.region
  zones       = var.zones
  kms_key_arn = module.keys.data_key_arn
}

module "keys" {
  source = "./modules/keys"

  name           = local.name
  account_id     = var.account_id
  region         = var.region
  replica_region = var.replica_region
  # By name, not by the module's output: the role is named before the key that its policy needs.
  mac_roles        = concat(["${local.arns}:iam::${var.account_id}:role/${local.name}-worker"], var.operators)
  break_glass_role = "${local.arns}:iam::${var.account_id}:role/${local.name}-break-glass"
}

# Nodes' addresses often hold an API key. What is in the secrets is put there by hand: Terraform's state never has it.
resource "aws_secretsmanager_secret" "this" {
  for_each = {
    nodes  = "METEOR_NODE: addresses of the chain's nodes, separated by commas"
    signer = "The 24 words of the worker's own account"
  }

  name                    = "${local.name}/${each.key}"
  description             = each.value
  kms_key_id              = module.keys.data_key_arn
  recovery_window_in_days = 30
}

# Who starts the tasks reads them, and no person: not even an administrator, who could sign with the words.
locals {
  secret_readers = { nodes = ["indexer-start", "worker-start"], signer = ["worker-start"] }

  secret_policies = {
    for key, roles in local.secret_readers : key => {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "NobodyElseReads"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"]
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = [for role in roles : "${local.arns}:iam::${var.account_id}:role/${local.name}-${role}"] } }
      }]
    }
  }
}

resource "aws_secretsmanager_secret_policy" "this" {
  for_each = aws_secretsmanager_secret.this

  secret_arn          = each.value.arn
  policy              = jsonencode(local.secret_policies[each.key])
  block_public_policy = true
}

module "logs" {
  source = "./modules/bucket"

  name         = local.buckets.logs
  expire_after = 400
  statements = [
    {
      Sid       = "LogsOfBalancerAndBuckets"
      Effect    = "Allow"
      Principal = { Service = ["logdelivery.elasticloadbalancing.amazonaws.com", "logging.s3.amazonaws.com", "delivery.logs.amazonaws.com", "cloudtrail.amazonaws.com"] }
      Action    = "s3:PutObject"
      Resource  = "${local.arns}:s3:::${local.buckets.logs}/*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    },
    {
      Sid       = "TrailLooksFirst"
      Effect    = "Allow"
      Principal = { Service = ["cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = "s3:GetBucketAcl"
      Resource  = "${local.arns}:s3:::${local.buckets.logs}"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    },
  ]
}

module "snapshots" {
  source = "./modules/bucket"

  name       = local.buckets.snapshots
  log_bucket = module.logs.name
  # A replica deletes old snapshots itself. What it deletes can be had back for a month.
  keep_old = 30
  replica  = { bucket_arn = module.snapshots_replica.arn }
}

module "snapshots_replica" {
  source = "./modules/bucket"

  name     = local.buckets.replica
  region   = var.replica_region
  keep_old = 30
}

module "images" {
  source = "./modules/bucket"

  name       = local.buckets.images
  log_bucket = module.logs.name
  keep_old   = 30
  statements = [module.edge.read_statement["images"]]
}

module "site" {
  source = "./modules/bucket"

  name       = local.buckets.site
  log_bucket = module.logs.name
  keep_old   = 30
  statements = [module.edge.read_statement["site"]]
}

module "balancer" {
  source = "./modules/balancer"

  name            = local.name
  vpc_id          = module.network.vpc_id
  subnets         = module.network.private_subnets
  certificate_arn = module.edge.origin_certificate_arn
  log_bucket      = module.logs.name
}

resource "aws_ecs_cluster" "this" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

# Where Prometheus finds the tasks: indexer and worker, below this name (dns_sd_configs).
resource "aws_service_discovery_private_dns_namespace" "this" {
  name = "${local.name}.internal"
  vpc  = module.network.vpc_id
}

module "indexer" {
  source = "./modules/indexer"

  name             = local.name
  region           = var.region
  cluster          = { arn = aws_ecs_cluster.this.arn, name = aws_ecs_cluster.this.name }
  image            = var.image
  vpc_id           = module.network.vpc_id
  subnets          = module.network.private_subnets
  balancer         = module.balancer.target
  tasks            = local.tasks
  event            = var.event
  snapshots        = { name = module.snapshots.name, arn = module.snapshots.arn }
  images           = { name = module.images.name, arn = module.images.arn }
  nodes_secret_arn = aws_secretsmanager_secret.this["nodes"].arn
  kms_key_arn      = module.keys.data_key_arn
  monitoring_group = module.network.monitoring_group
  monitor_cidrs    = var.monitor_cidrs
  namespace_id     = aws_service_discovery_private_dns_namespace.this.id
}

module "worker" {
  source = "./modules/worker"

  name             = local.name
  region           = var.region
  cluster_arn      = aws_ecs_cluster.this.arn
  image            = var.worker_image
  init_image       = var.init_image
  vpc_id           = module.network.vpc_id
  subnets          = module.network.private_subnets
  secrets          = { nodes = aws_secretsmanager_secret.this["nodes"].arn, signer = aws_secretsmanager_secret.this["signer"].arn }
  readers          = var.operators
  event_key_arn    = module.keys.event_key_arn
  kms_key_arn      = module.keys.data_key_arn
  monitoring_group = module.network.monitoring_group
  monitor_cidrs    = var.monitor_cidrs
  namespace_id     = aws_service_discovery_private_dns_namespace.this.id
}

module "edge" {
  source = "./modules/edge"

  name                     = local.name
  account_id               = var.account_id
  domain                   = var.domain
  zone_id                  = var.zone_id
  balancer                 = { arn = module.balancer.arn, dns_name = module.balancer.dns_name }
  buckets                  = { images = local.buckets.images, site = local.buckets.site }
  bucket_domains           = { images = module.images.domain, site = module.site.domain }
  log_bucket_arn           = module.logs.arn
  kms_key_arn              = module.keys.data_key_arn_us_east_1
  requests_per_address     = var.requests_per_address
  transactions_per_address = var.transactions_per_address
}

module "audit" {
  source = "./modules/audit"

  name        = local.name
  account_id  = var.account_id
  log_bucket  = module.logs.name
  kms_key_arn = module.keys.data_key_arn
}

module "alarms" {
  source = "./modules/alarms"

  name            = local.name
  account_id      = var.account_id
  pagers          = var.pagers
  kms_key_arn     = { here = module.keys.data_key_arn, us_east_1 = module.keys.data_key_arn_us_east_1 }
  least_tasks     = local.tasks.least
  cluster         = aws_ecs_cluster.this.name
  services        = { indexer = module.indexer.service_name, worker = module.worker.service_name }
  balancer        = { suffix = module.balancer.arn_suffix, target_suffix = module.balancer.target.suffix }
  distribution_id = module.edge.distribution_id
  certificates    = { origin = module.edge.origin_certificate_arn, edge = module.edge.edge_certificate_arn }
  health_check_id = module.edge.health_check_id
  firewall        = module.edge.firewall_name
  audit           = { namespace = module.audit.namespace, metrics = module.audit.watched }
  replication     = { source = module.snapshots.name, destination = module.snapshots_replica.name }
}

module "lock_policy" {
  source = "./modules/lock_policy"

  name    = local.name
  buckets = [local.buckets.images, local.buckets.site]
}

module "lockdown" {
  source = "./modules/lockdown"

  name               = local.name
  account_id         = var.account_id
  locked             = var.locked
  lock_document      = module.lock_policy.document
  restricted_roles   = var.restricted_roles
  sign_in_role       = var.sign_in_role
  break_glass_people = var.break_glass_people
  halt_people        = var.halt_role_people
  halt_store_arn     = module.edge.halt_store_arn
}
