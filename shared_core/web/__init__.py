"""What every app of the platform is served with: answers to failures, logs, limits, and the proof of each request.

It knows no room of the domain. An app brings its own face (`problems.Face`) and its own routes.
"""
