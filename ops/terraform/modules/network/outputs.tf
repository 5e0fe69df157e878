output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnets" {
  description = "Subnets of tasks and load balancer, one in each zone."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "monitoring_group" {
  description = "The security group that may scrape the admin ports."
  value       = aws_security_group.monitoring.id
}
