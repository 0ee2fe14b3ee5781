"""What pyproject.toml has no words for: folders that lie beside `core` in the sources and are installed within it.

`core.installation.shipped` finds them in either place.
"""

from setuptools import find_namespace_packages, setup

SHIPPED = {"core.shipped.data": "data", "core.shipped.docs": "docs", "core.shipped.streamlit": ".streamlit"}

setup(
    packages=[*find_namespace_packages(include=["core*", "pages*"], exclude=["*__pycache__*"]), *SHIPPED],
    package_dir=SHIPPED,
    py_modules=["streamlit_app"],
)
