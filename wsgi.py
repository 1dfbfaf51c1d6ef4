"""The WSGI application `app`, for this project's server or any other; TECHFLOOR_INSTANCE names its folder."""

import os
from pathlib import Path

from techfloor import settings
from techfloor.app import create_app
from techfloor.cli.floor import refuse_old
from techfloor.people.sessions import forget_signings

refuse_old()
app = create_app(settings.load(Path(os.environ.get(settings.INSTANCE) or Path(__file__).with_name("instance"))))
with app.app_context():
    forget_signings()  # after a restart the first signature takes user name and secret again
