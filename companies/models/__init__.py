"""People and companies."""

from companies.models.company import Company, Need, Offer, Topic
from companies.models.content_version import ContentVersion
from companies.models.person import Person

__all__ = ["Company", "ContentVersion", "Need", "Offer", "Person", "Topic"]
