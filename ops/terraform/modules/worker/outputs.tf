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
