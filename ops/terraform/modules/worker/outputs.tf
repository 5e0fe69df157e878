output "service_name" {
  description = "The ECS service."
  value       = aws_ecs_service.this.name
}

output "task_policy" {
  description = "What the process may do."
  value       = local.task_policy
}

output "containers" {
  description = "The worker, and what hands it its secrets."
  value       = { init = local.init, worker = local.container }
}

output "task" {
  description = "The task with its volumes."
  value       = aws_ecs_task_definition.this
}

output "journal" {
  description = "Where the journal and the audit log are, and who may read them."
  value = {
    system       = aws_efs_file_system.journal
    backup       = aws_efs_backup_policy.journal
    access_point = aws_efs_access_point.journal
    policy       = local.journal_policy
    ingress      = values(aws_vpc_security_group_ingress_rule.journal)
    targets      = aws_efs_mount_target.journal
    reader_group = aws_security_group.reader.id
  }
}

output "ingress" {
  description = "Who reaches the admin port."
  value       = concat([aws_vpc_security_group_ingress_rule.admin], values(aws_vpc_security_group_ingress_rule.admin_private))
}

output "log_group" {
  description = "What the worker says."
  value       = aws_cloudwatch_log_group.this
}
