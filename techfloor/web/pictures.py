"""How much of the machine a picture may take while it is decoded."""

import threading

# A picture of a few hundred kilobytes may unfold to hundreds of megabytes: several at once would fill the memory.
ONE_PICTURE = threading.Lock()
