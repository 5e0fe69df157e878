# The lock-down in this account, and the two ways through it: halting (one person) and break-glass (two).

locals {
  # Whoever takes one of these roles keeps the name that signed in: it is in the trail, and the conditions compare it.
  keep_name = { StringEquals = { "aws:RequestTag/person" = "$${aws:PrincipalTag/person}" } }

  trust = {
    # Any two of the people: one opens it for the other.
    approve = { people = var.break_glass_people, condition = {} }
    # Only the one whom another named on the role's tag.
    break-glass = { people = var.break_glass_people, condition = { "aws:ResourceTag/approved-for" = "$${aws:PrincipalTag/person}" } }
    halt        = { people = var.halt_people, condition = {} }
  }

  policies = {
    approve = {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "OpenForAnother"
          Effect   = "Allow"
          Action   = "iam:TagRole"
          Resource = "arn:aws:iam::${var.account_id}:role/${var.name}-break-glass"
          Condition = {
            StringEquals                = { "aws:RequestTag/approved-for" = var.break_glass_people }
            StringNotEquals             = { "aws:RequestTag/approved-for" = "$${aws:PrincipalTag/person}" }
            "ForAllValues:StringEquals" = { "aws:TagKeys" = ["approved-for"] }
            # Without a name there is nobody to differ from.
            Null = { "aws:PrincipalTag/person" = "false", "aws:RequestTag/approved-for" = "false" }
          }
        },
        {
          Sid       = "Close"
          Effect    = "Allow"
          Action    = "iam:UntagRole"
          Resource  = "arn:aws:iam::${var.account_id}:role/${var.name}-break-glass"
          Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["approved-for"] } }
        },
      ]
    }
    halt = {
      Version = "2012-10-17"
      Statement = [{
        Sid    = "Halt"
        Effect = "Allow"
        Action = [
          "cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey", "cloudfront-keyvaluestore:PutKey",
          "cloudfront-keyvaluestore:DeleteKey",
        ]
        Resource = var.halt_store_arn
      }]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.trust

  name                 = "${var.name}-${each.key}"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { AWS = var.sign_in_role }
      Condition = {
        StringEquals = merge(local.keep_name.StringEquals, { "aws:PrincipalTag/person" = each.value.people }, each.value.condition)
      }
    }]
  })

  lifecycle {
    # People set it and take it away.
    ignore_changes = [tags["approved-for"], tags_all["approved-for"]]
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode(each.value)
}

# What has to be repaired in an emergency can't be listed beforehand. Two people and an hour bound it; the event's key
# stays out of its reach (modules/keys).
resource "aws_iam_role_policy_attachment" "break_glass" {
  role       = aws_iam_role.this["break-glass"].name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_policy" "lock" {
  name        = "${var.name}-lock"
  description = "During the event nobody changes anything"
  policy      = jsonencode(var.lock_document)
}

resource "aws_iam_role_policy_attachment" "lock" {
  for_each = var.locked ? toset(var.restricted_roles) : toset([])

  role       = each.key
  policy_arn = aws_iam_policy.lock.arn
}
