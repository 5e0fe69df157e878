output "service_name" {
  description = "The ECS service."
  value       = aws_ecs_service.this.name
}

output "service" {
  description = "How it is deployed."
  value       = aws_ecs_service.this
}

output "scaling" {
  description = "Bounds of autoscaling."
  value       = aws_appautoscaling_target.this
}

output "container" {
  description = "The container."
  value       = local.container
}

output "task_policy" {
  description = "What the process may do."
  value       = local.task_policy
}

output "ingress" {
  description = "Who reaches which port."
  value = concat(
    [aws_vpc_security_group_ingress_rule.public, aws_vpc_security_group_ingress_rule.admin],
    values(aws_vpc_security_group_ingress_rule.admin_private),
  )
}

output "log_group" {
  description = "What the indexer says."
  value       = aws_cloudwatch_log_group.this
}

output "scaling_policies" {
  description = "What it scales by."
  value       = [aws_appautoscaling_policy.cpu, aws_appautoscaling_policy.requests]
}
