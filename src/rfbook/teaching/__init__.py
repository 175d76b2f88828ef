"""What a teacher takes along: notebooks for students and instructors, slides, lesson plans, figures."""
