# What differs between one installation and another. launch.tfvars.example shows a whole set.

variable "name" {
  description = "Short name of the event; resources begin with it."
  type        = string
  default     = "meteor"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name))
    error_message = "The name begins with a letter and has 2 to 16 small letters, digits and hyphens: names of load balancers end at 32."
  }
}

variable "environment" {
  description = "dev or prod. Each has its own account and its own state."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "The environment is dev or prod."
  }
}

variable "account_id" {
  description = "The AWS account that this may touch; any other is refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "region" {
  description = "Where everything runs but what CloudFront needs in us-east-1."
  type        = string
}

variable "replica_region" {
  description = "A second region, for the copy of the snapshots and the replica of the event's key."
  type        = string

  validation {
    condition     = var.replica_region != var.region && var.replica_region != "us-east-1"
    error_message = "The second region is neither the first nor us-east-1, which has a copy of the data key already."
  }
}

variable "zones" {
  description = "Letters of the availability zones."
  type        = list(string)
  default     = ["a", "b", "c"]

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) == length(distinct(var.zones))
    error_message = "At least two different zones: losing one must not end the event."
  }
}

variable "domain" {
  description = "Host name of the site, for example shower.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain is a host name in small letters, without a scheme."
  }
}

variable "zone_id" {
  description = "The hosted zone (Route 53) that the domain lies in."
  type        = string
}

variable "posture" {
  description = "launch during an event, else normal."
  type        = string
  default     = "normal"

  validation {
    condition     = contains(["launch", "normal"], var.posture)
    error_message = "The posture is launch or normal."
  }
}

variable "launch_tasks" {
  description = "Replicas of the indexer in launch posture, at least."
  type        = number
  default     = 5

  validation {
    condition     = var.launch_tasks >= 5
    error_message = "In launch posture there are at least 5 tasks: 2 were too few in 2021."
  }
}

variable "locked" {
  description = "True from the freeze until the event has ended: nobody changes anything but through break-glass."
  type        = bool
  default     = false
}

variable "image" {
  description = "The indexer's image with its digest (…@sha256:…): a tag could be moved during the event."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest: NAME@sha256:… ."
  }
}

variable "worker_image" {
  description = "The image with `meteor`, which runs the reveal worker, with its digest."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.worker_image))
    error_message = "Name the image by its digest: NAME@sha256:… ."
  }
}

variable "init_image" {
  description = "An image with a shell (busybox, say), with its digest: it hands the worker its secrets as files."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.init_image))
    error_message = "Name the image by its digest: NAME@sha256:… ."
  }
}

variable "event" {
  description = "What deployment.json says of the event, and what wallets pay for gas."
  type = object({
    contract       = string
    chain_id       = string
    start_height   = number
    gas_price      = string
    support        = string
    image_gateways = optional(list(string), [])
    # Whether the indexer's image has /event/tables.json and /event/catalogue.csv (README.md). Without them the
    # site serves no images, and nobody can mint from the public catalogue.
    files = optional(bool, true)
  })

  validation {
    condition     = can(regex("^[a-z]+1[02-9ac-hj-np-z]{38,}$", var.event.contract))
    error_message = "The contract is a bech32 address, as deployment.json has it."
  }

  validation {
    condition     = var.event.start_height > 1
    error_message = "Without the height of the launch every replica would read the chain from its beginning."
  }

  validation {
    condition     = startswith(var.event.support, "https://") || startswith(var.event.support, "mailto:")
    error_message = "Support is an https address or mailto:…, as the indexer wants it."
  }
}

variable "requests_per_address" {
  description = "Requests of one address in 5 minutes before it gets 429. Behind one address there may be a whole mobile carrier."
  type        = number
  default     = 12000

  validation {
    condition     = var.requests_per_address >= 3000
    error_message = "A limit under 3000 in 5 minutes bans people who refresh the page while a shower closes."
  }
}

variable "transactions_per_address" {
  description = "POSTs to /v1/txs of one address in 5 minutes before it gets 429."
  type        = number
  default     = 600

  validation {
    condition     = var.transactions_per_address >= 100
    error_message = "A limit under 100 transactions in 5 minutes stops a busy office or carrier."
  }
}

variable "pagers" {
  description = "Where alarms go: https addresses of PagerDuty or the like, and mail addresses."
  type        = list(object({ protocol = string, endpoint = string }))

  validation {
    condition     = length(var.pagers) > 0 && alltrue([for pager in var.pagers : contains(["https", "email"], pager.protocol)])
    error_message = "At least one pager, each by https or email: an alarm that nobody gets is none."
  }
}

variable "monitor_cidrs" {
  description = "Private networks of the Prometheus that scrapes the admin ports; none if it runs in this network's monitoring group."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for cidr in var.monitor_cidrs : can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", cidr))
    ])
    error_message = "The admin port is for private networks only."
  }
}

variable "operators" {
  description = "ARNs of the roles that run draw, publish-key and the like by hand: they may use the event's key."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.operators : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "Name each role by its whole ARN, without a wildcard."
  }
}

variable "restricted_roles" {
  description = "Names of the roles of people and pipelines in this account, on which the lock-down lies while `locked`."
  type        = list(string)

  validation {
    condition     = length(var.restricted_roles) > 0
    error_message = "A lock-down that lies on nobody locks nothing: name the roles of people and pipelines."
  }
}

variable "sign_in_role" {
  description = "ARN of the role (or user path) that people sign in as; its sessions carry the tag `person` (README.md, Break-glass)."
  type        = string
}

variable "halt_role_people" {
  description = "Values of the tag `person` of those who may halt the site, also while it is locked."
  type        = list(string)

  validation {
    condition     = length(var.halt_role_people) >= 2
    error_message = "At least two people who can halt: one may be asleep."
  }
}

variable "break_glass_people" {
  description = "Values of the tag `person` of those who may open break-glass for one another."
  type        = list(string)

  validation {
    condition     = length(distinct(var.break_glass_people)) >= 3
    error_message = "At least three people: two are needed at any hour, and one may be asleep."
  }
}
