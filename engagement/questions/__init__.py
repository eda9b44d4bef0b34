"""Questions and answers: asked, upvoted, moderated, answered aloud or in writing."""
