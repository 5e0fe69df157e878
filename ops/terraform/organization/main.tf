# The same lock-down from outside the account: a service control policy, which an administrator of the account can't take
# away. Run it in the organization's management account, with a state of its own.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7.0"
    }
  }

  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.management_account_id]
}

module "lock_policy" {
  source = "../modules/lock_policy"

  name    = var.name
  buckets = ["${var.name}-${var.account_id}-images", "${var.name}-${var.account_id}-site"]
}

resource "aws_organizations_policy" "lock" {
  name        = "${var.name}-lock"
  description = "During the event nobody changes anything in the account"
  type        = "SERVICE_CONTROL_POLICY"
  content     = jsonencode(module.lock_policy.document)
}

resource "aws_organizations_policy_attachment" "lock" {
  count = var.locked ? 1 : 0

  policy_id = aws_organizations_policy.lock.id
  target_id = var.account_id
}
