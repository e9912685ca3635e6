from django.urls import path
from signups import views

urlpatterns = [path("webhooks", views.take), path("effects", views.effects)]
