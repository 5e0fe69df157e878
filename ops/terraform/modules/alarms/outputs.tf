output "alarms" {
  description = "All alarms."
  value       = aws_cloudwatch_metric_alarm.this
}

output "subscriptions" {
  description = "Who gets them."
  value       = merge({ for key, it in aws_sns_topic_subscription.here : "here ${key}" => it }, { for key, it in aws_sns_topic_subscription.us_east_1 : "us-east-1 ${key}" => it })
}
