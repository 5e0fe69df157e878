# Which Terraform, which provider, and where the state is kept.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7.0"
    }
  }

  # Bucket and key come from backend.hcl (README.md, step 2). The lock is a file beside the state.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      project     = var.name
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}
