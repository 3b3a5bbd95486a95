-- What a 997 says of an interchange or group that could not be read.
{% macro refused_answers() %}('R', 'M', 'W', 'X'){% endmacro %}
