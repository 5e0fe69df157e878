output "arn" {
  description = "The load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "Its name in metrics."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Its private name."
  value       = aws_lb.this.dns_name
}

output "target" {
  description = "Where the indexer's tasks are registered, and the group that their requests come from."
  value = {
    arn    = aws_lb_target_group.this.arn
    suffix = aws_lb_target_group.this.arn_suffix
    group  = aws_security_group.this.id
    # A service needs the listener before it can register.
    listener = aws_lb_listener.https.arn
    balancer = aws_lb.this.arn_suffix
  }
}

output "settings" {
  description = "How the load balancer is set."
  value       = aws_lb.this
}

output "group" {
  description = "How the target group is set."
  value       = aws_lb_target_group.this
}
