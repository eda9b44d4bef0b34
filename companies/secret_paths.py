"""Where a path has a secret, as parts of regular expressions: whoever reads the next segment could act as somebody.

Neither logs nor what is shown or sent on to others has it.
"""

_SIGNED = r"(?=/[^/\s]{40})"  # other pages of that name have a short segment

# An email has such a link of its reader's own.
IN_EMAILS = "j|unsubscribe|newsletter|done|date-polls|looking-for-partners/confirm|contact-requests/(?:confirm|answer)"
ANYWHERE = IN_EMAILS + "|calendar|account/link|captions" + _SIGNED + "|slides" + _SIGNED + "|films" + _SIGNED
