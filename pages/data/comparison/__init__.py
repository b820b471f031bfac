"""The page 部门数据比对: what departments sent against what was collected."""
