"""Start 开始使用, imports 导入, connection 连接, quality 数据质量, comparison 部门数据比对, downloads 名单下载,
purposes 用途, returns 下发与回收, reports 基层上报."""
