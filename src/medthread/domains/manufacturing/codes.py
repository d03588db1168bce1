"""Coded lists that several records of manufacturing speak."""

from medthread.model import Label

PARAMETERS = {
    "temperature": Label("温度", "Temperature"),
    "humidity": Label("湿度", "Humidity"),
    "pressure_difference": Label("压差", "Pressure difference"),
    "particles": Label("悬浮粒子", "Airborne particles"),
    "settle_plate": Label("沉降菌", "Settle plate count"),
    "airborne_microbes": Label("浮游菌", "Airborne microbes"),
    "surface_microbes": Label("表面微生物", "Surface microbes"),
    "water": Label("工艺用水", "Process water"),
}
